"""Random changes of a folder of text files, as programs and people make them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from random import Random

NAMES = ("a", "b", "c", "d")


class Churn:
    """Changes the folder `root`, which is made; each text that it writes is a new one."""

    def __init__(self, root: Path, chance: Random) -> None:
        self.root = root
        self._chance = chance
        self._written = 0
        root.mkdir()

    def change(self) -> str:
        """Make one change; return what it was."""
        kinds = [self._write, self._write, self._append, self._replace, self._remove, self._move, self._make_tree]
        kinds += [self._rename_folder, self._remove_folder, self._swap_kind, self._touch]
        kind = self._chance.choice(kinds)
        kind()
        return kind.__name__.strip("_")

    def expected(self) -> dict[str, str]:
        """The text of each file, by its path below the root."""
        return {
            path.relative_to(self.root).as_posix(): path.read_text()
            for path in sorted(self.root.rglob("*.txt"))
            if path.is_file()
        }

    def _write(self) -> None:
        path = self._some_folder() / f"{self._name()}.txt"
        if not path.is_dir():
            path.write_text(self._text())

    def _append(self) -> None:
        if path := self._some_file():
            with path.open("a") as file:
                file.write(self._text())
                file.flush()
                file.write(self._text())

    def _replace(self) -> None:
        """As editors save: beside it, then in its place."""
        if path := self._some_file():
            beside = path.with_name(f".{path.name}.new")
            beside.write_text(self._text())
            os.replace(beside, path)

    def _touch(self) -> None:
        if path := self._some_file():
            path.touch()

    def _remove(self) -> None:
        if path := self._some_file():
            path.unlink()

    def _move(self) -> None:
        path, to = self._some_file(), self._some_folder() / f"{self._name()}.txt"
        if path and not to.is_dir():
            os.replace(path, to)

    def _make_tree(self) -> None:
        folder = self._some_folder() / self._name() / self._name()
        if not any(part.is_file() for part in (folder, folder.parent)):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "new.txt").write_text(self._text())

    def _rename_folder(self) -> None:
        folder, to = self._some_folder(), self._some_folder() / f"{self._name()}{self._written}"
        if folder != self.root and not to.exists() and folder not in to.parents:
            folder.rename(to)

    def _remove_folder(self) -> None:
        folder = self._some_folder()
        if folder != self.root:
            shutil.rmtree(folder)

    def _swap_kind(self) -> None:
        """Have a file where a folder was, or the reverse."""
        path = self._some_folder() / "either.txt"
        if path.is_dir():
            shutil.rmtree(path)
            path.write_text(self._text())
        else:
            path.unlink(missing_ok=True)
            path.mkdir()
            (path / "inside.txt").write_text(self._text())

    def _some_file(self) -> Path | None:
        files = sorted(path for path in self.root.rglob("*.txt") if path.is_file())
        return self._chance.choice(files) if files else None

    def _some_folder(self) -> Path:
        folders = sorted(path for path in self.root.rglob("*") if path.is_dir())
        # A tree that only grows would be listed ever more slowly.
        return self._chance.choice([self.root, *folders[:20]])

    def _name(self) -> str:
        return self._chance.choice(NAMES)

    def _text(self) -> str:
        self._written += 1
        return f"text {self._written}\n" * self._chance.randint(1, 5)
