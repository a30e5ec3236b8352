"""A file that components declare in different ways is one file: it stays while one of them declares it.

It may be declared by its own path, or in the target of a directory at any height above it.
"""

from __future__ import annotations

import itertools
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.connectors import localfs

at = coco.component_subpath
Declared = tuple[str, str, str]
"""How a file is declared, its name, and its content."""

WAYS = ["file", "other spelling", "directory", "directory above"]
_numbers = itertools.count()


class Program:
    """Components that declare files in `OUT/sub`.

    Attributes:
        files: what each component declares; a component without a value is not mounted.
        ran: the components that ran in the last update.
    """

    def __init__(self, folder: Path, memo: tuple[bool, ...], order: str = "abc") -> None:
        self.sub = folder / "out/sub"
        self.sub.mkdir(parents=True)
        self.files: dict[str, tuple[Declared, ...] | None] = {}
        self.ran: list[str] = []
        self.order = order
        self.env = coco.Environment(coco.Settings(db_path=folder / "store"))
        bodies = {name: coco.fn(memo=is_memo)(self._body) for name, is_memo in zip("abc", memo, strict=False)}

        @coco.fn
        async def main() -> None:
            for name in self.order:
                files = self.files.get(name)
                if files is not None:
                    await coco.mount(at(name), bodies[name], name, files)

        self.app: coco.App[..., None] = coco.App(coco.AppConfig("app", environment=self.env), main)

    async def _body(self, name: str, files: tuple[Declared, ...]) -> None:
        self.ran.append(name)
        targets: dict[str, Any] = {}
        for way, file, content in files:
            if way == "file":
                localfs.declare_file(self.sub / file, content)
            elif way == "other spelling":
                localfs.declare_file(f"{self.sub}/../sub/{file}", content)
            else:
                inner = way == "directory"
                if way not in targets:
                    targets[way] = await localfs.mount_dir_target(self.sub if inner else self.sub.parent)
                targets[way].declare_file(file if inner else f"sub/{file}", content)

    def update(self, **files: tuple[Declared, ...] | None) -> dict[str, str]:
        """Return the files after an update in which components declare other files."""
        self.files.update(files)
        self.ran.clear()
        self.app.update_blocking()
        return {path.name: path.read_text() for path in self.sub.iterdir()} if self.sub.exists() else {}

    def written(self) -> dict[str, tuple[int, int]]:
        """Return what changes when a file is written."""
        paths = self.sub.iterdir() if self.sub.exists() else ()
        return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}


PAIRS = [pair for pair in itertools.product(WAYS, WAYS) if pair[0] != pair[1] and pair[0] != "other spelling"]


@pytest.mark.parametrize("memo", [(True, True), (False, False), (True, False)])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_it_stays_while_one_declares_it(tmp_path: Path, one: str, other: str, memo: tuple[bool, bool]) -> None:
    program = Program(tmp_path, memo, order="ab")
    first, second = ((one, "f", "1"),), ((other, "f", "1"),)
    assert program.update(a=first, b=second) == {"f": "1"}
    before = program.written()
    assert program.update() == program.update(b=()) == program.update() == {"f": "1"}
    assert program.update(b=second) == program.update(a=None) == program.update() == {"f": "1"}
    assert program.written() == before
    assert program.update(b=None) == {}
    program.env.close()


@pytest.mark.parametrize("memo", [(True, True), (False, False)])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_different_contents_are_told_and_settle(
    tmp_path: Path, one: str, other: str, memo: tuple[bool, bool], caplog: pytest.LogCaptureFixture
) -> None:
    program = Program(tmp_path, memo, order="ab")
    program.update(a=((one, "f", "1"),))
    with caplog.at_level(logging.WARNING):
        assert program.update(b=((other, "f", "2"),)) == {"f": "2"}
    assert "different values" in caplog.text and '/"a"' in caplog.text and '/"b"' in caplog.text
    caplog.clear()
    before = program.written()
    assert program.update() == {"f": "2"} and program.written() == before
    assert caplog.text == ""
    assert program.update(a=((one, "f", "3"),)) == {"f": "3"}  # the last change wins
    assert program.update(a=None) == {"f": "2"}
    assert program.update(b=None) == {}
    program.env.close()


def test_dropping_removes_it_once(tmp_path: Path) -> None:
    program = Program(tmp_path, (True, True, True))
    program.update(a=(("file", "f", "1"),), b=(("directory", "f", "1"),), c=(("directory above", "f", "2"),))
    program.app.drop_blocking()
    assert not program.sub.exists() or not [*program.sub.iterdir()]
    program.env.close()


declared = st.tuples(st.sampled_from(WAYS), st.sampled_from("12"))
change = st.none() | st.dictionaries(st.sampled_from("fg"), declared, max_size=2)


@settings(max_examples=40)
@given(
    memo=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    history=st.lists(
        st.tuples(st.dictionaries(st.sampled_from("abc"), change), st.permutations("abc")), min_size=1, max_size=5
    ),
)
def test_random_histories(
    tmp_path_factory: pytest.TempPathFactory, memo: tuple[bool, bool, bool], history: list[tuple[Any, list[str]]]
) -> None:
    program = Program(tmp_path_factory.mktemp(f"histories{next(_numbers)}"), memo)
    for changes, order in history:
        program.order = "".join(order)
        given_files = {
            name: None if files is None else tuple((way, file, text) for file, (way, text) in files.items())
            for name, files in changes.items()
        }
        found = program.update(**given_files)
        wanted: dict[str, set[str]] = {}
        for files in program.files.values():
            for _, file, text in files or ():
                wanted.setdefault(file, set()).add(text)
        assert found.keys() == wanted.keys()
        assert all(found[file] in wanted[file] for file in found)
        before = program.written()
        program.update()
        assert program.written() == before
    program.app.drop_blocking()
    assert not program.written()
    program.env.close()
