"""Directory targets pass the suite that any target connector has to pass."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.testing import ODD_TEXTS, TargetDriver, TargetSuite

OUT = coco.ContextKey[Path]("suite_out")


class Directories(TargetDriver[localfs.DirTarget, str]):
    """Each container is a directory, each item a file, in a directory of its own or not."""

    connector = "cocoindex.connectors.localfs"
    suite_version = "0.2"
    odd_values = tuple(text for text in ODD_TEXTS if "\r" not in text)  # which reading as text translates
    shared = True
    keys = ("a", "b.txt", "deep/er/c", "d d")
    values = ("one", "two", "")
    refused = ("x" * 300, "a name that is too long")

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide(OUT, self._folder)

    async def mount(self, container: str) -> localfs.DirTarget:
        return await localfs.mount_dir_target(localfs.FilePath(container, base_dir=OUT))

    def declare(self, handle: localfs.DirTarget, key: coco.StableKey, value: str) -> None:
        handle.declare_file(str(key), value, create_parent_dirs=True)

    def make_by_hand(self, container: str) -> None:
        (self._folder / container).mkdir(parents=True)

    def put_by_hand(self, container: str, key: coco.StableKey, value: str) -> None:
        path = self._folder / container / str(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value)

    def remove_by_hand(self, container: str) -> None:
        shutil.rmtree(self._folder / container)

    def go_away(self) -> None:
        self._folder.rename(self._folder.with_name("elsewhere"))
        self._folder.write_text("in the way")

    def come_back(self) -> None:
        self._folder.unlink()
        self._folder.with_name("elsewhere").rename(self._folder)

    def contents(self, container: str) -> dict[coco.StableKey, str] | None:
        top = self._folder / container
        if not top.exists():
            return None
        return {path.relative_to(top).as_posix(): path.read_text() for path in top.rglob("*") if path.is_file()}


class TestDirectories(TargetSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Directories:
        return Directories(tmp_path / "out")
