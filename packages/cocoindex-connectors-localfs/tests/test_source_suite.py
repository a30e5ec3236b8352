"""Folders as sources pass the suite that any source has to pass."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.testing import SourceDriver, SourceSuite

ROOT = coco.ContextKey[Path]("suite_root")


class Files(SourceDriver[localfs.File]):
    """Files of a folder and of those below it."""

    connector = "cocoindex.connectors.localfs"
    suite_version = "0.2"
    keys = ("a", "b.txt", "deep/er/c", "d d")
    large = int(os.environ.get("COCOINDEX_SOURCE_ITEMS", "20000"))  # all 100 000 in the session `conformance`

    def __init__(self, root: Path) -> None:
        self._root = root
        self._filled = 0
        root.mkdir()

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide(ROOT, self._root)

    async def source(self) -> Any:
        return localfs.walk_dir(ROOT, recursive=True).items()

    async def read(self, item: localfs.File) -> tuple[coco.StableKey, str]:
        return item.file_path.path.as_posix(), await item.read_text()

    async def put(self, key: coco.StableKey, value: str) -> None:
        path = self._root / str(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value)

    async def remove(self, key: coco.StableKey) -> None:
        (self._root / str(key)).unlink()

    async def break_listing(self) -> None:
        self._root.rename(self._root.with_name("elsewhere"))

    async def mend_listing(self) -> None:
        self._root.with_name("elsewhere").rename(self._root)

    async def fill(self, count: int) -> None:
        for number in range(self._filled, self._filled + count):
            folder = self._root / f"many{number // 1000}"
            if number % 1000 == 0:
                folder.mkdir()
            os.mknod(folder / str(number))
        self._filled += count


class TestFiles(SourceSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Iterator[Files]:
        yield Files(tmp_path / "root")
        shutil.rmtree(tmp_path / "root")
