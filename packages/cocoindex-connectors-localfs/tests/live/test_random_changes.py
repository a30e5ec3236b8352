"""After changes of all kinds, in any order, exactly the files that a walk finds are known, with their content."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from pathlib import Path

import pytest

from cocoindex.connectors import localfs

from .recorder import Recorder, in_loop, watching

NAMES = ["a", "b", "c"]


class Changing:
    """Changes what is below a folder; what a call cannot do is left out."""

    def __init__(self, folder: Path, outside: Path, seed: int) -> None:
        self.folder, self.outside = folder, outside
        self.random = random.Random(seed)
        self.count = 0

    def change(self) -> None:
        """Make one change."""
        action = self.random.choice(
            [self.write, self.write, self.append, self.remove, self.move, self.move, self.make, self.link, self.swap]
        )
        try:
            action()
        except OSError:
            pass

    def path(self) -> Path:
        depth = self.random.randint(1, 3)
        top = self.outside if self.random.random() < 0.15 else self.folder
        return top.joinpath(*self.random.choices(NAMES, k=depth))

    def write(self) -> None:
        self.count += 1
        self.path().write_text(f"{self.count}")

    def append(self) -> None:
        with open(self.path(), "a") as file:
            file.write("+")

    def remove(self) -> None:
        path = self.path()
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()

    def move(self) -> None:
        os.rename(self.path(), self.path())

    def make(self) -> None:
        self.path().mkdir(parents=True)

    def link(self) -> None:
        target, link = self.path(), self.path()
        link.symlink_to(os.path.relpath(target, link.parent) if self.random.random() < 0.5 else target)

    def swap(self) -> None:
        path, new = self.path(), self.folder / "new"
        new.symlink_to(self.path()) if self.random.random() < 0.5 else new.write_text("new")
        os.replace(new, path)


def there(folder: Path) -> dict[str, str]:
    return {key: Path(file._local()).read_text() for key, file in localfs.walk_dir(folder, recursive=True).items()}


async def agree(seen: Recorder, folder: Path) -> None:
    expected = there(folder)
    await seen.until(lambda: seen.files == expected)


@pytest.mark.parametrize("seed", range(10))
@in_loop
async def test_random_changes(tmp_path: Path, seed: int) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    changing = Changing(folder, outside, seed)
    for _ in range(30):
        changing.change()
    async with watching(folder) as seen:
        for _ in range(5):
            for _ in range(changing.random.randint(1, 40)):
                changing.change()
                if changing.random.random() < 0.3:
                    await asyncio.sleep(0)
            await agree(seen, folder)
        assert not seen.failures
