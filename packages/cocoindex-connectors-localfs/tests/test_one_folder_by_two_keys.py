"""A folder that is declared by two keys at the same time is one folder: each goes without the other, and drops work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

KEYS = {name: coco.ContextKey[Path](f"test/two_keys/{name}") for name in "abc"}


class Program:
    """An app that writes one file by each key in `names`."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self.names = "ab"
        context = coco.ContextProvider()
        for key in KEYS.values():
            context.provide(key, self.out)
        self.environment = coco.Environment(coco.Settings(db_path=folder / "store"), context_provider=context)

        @coco.fn
        async def component(name: str) -> None:
            target = await localfs.mount_dir_target(KEYS[name])
            target.declare_file(f"{name}.txt", name)

        @coco.fn
        async def main() -> None:
            for name in self.names:
                await coco.mount(coco.component_subpath(name), component, name)

        self.app = coco.App(coco.AppConfig("two_keys", environment=self.environment), main)

    def update(self, names: str) -> list[str]:
        self.names = names
        self.app.update_blocking()
        return sorted(os.listdir(self.out)) if self.out.exists() else []


@pytest.mark.parametrize("first", ["ab", "ba", "a", "b"])
@pytest.mark.parametrize("left", ["a", "b"])
def test_each_goes_without_the_other(tmp_path: Path, first: str, left: str) -> None:
    program = Program(tmp_path)
    program.update(first)
    assert program.update("ab") == ["a.txt", "b.txt"]
    assert program.update(left) == [f"{left}.txt"]
    assert program.update(left) == [f"{left}.txt"]
    assert program.update("") == []
    program.environment.close()


def test_three_keys(tmp_path: Path) -> None:
    program = Program(tmp_path)
    program.update("abc")
    assert program.update("ac") == ["a.txt", "c.txt"]
    assert program.update("c") == ["c.txt"]
    program.update("abc")
    program.app.drop_blocking()
    assert not program.out.exists()
    program.environment.close()


@pytest.mark.parametrize("first", ["ab", "ba", "a", "b"])
def test_a_drop_removes_both(tmp_path: Path, first: str) -> None:
    program = Program(tmp_path)
    program.update(first)
    program.update("ab")
    program.app.drop_blocking()
    assert not program.out.exists()
    program.environment.close()
