"""A watched folder passes what every live source has to pass; it is cut off by moving its root away."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from cocoindex.connectors import localfs
from cocoindex.resources.file import PatternFilePathMatcher
from cocoindex.testing import LiveSourceDriver, LiveSourceSuite


class Folder(LiveSourceDriver[localfs.File]):
    """Files of a folder, in folders by the end of their names."""

    connector = "cocoindex.connectors.localfs"
    suite_version = "0.2"
    disconnects = True

    def __init__(self, place: Path) -> None:
        self._root = place / "root"
        self._elsewhere = place / "elsewhere"
        self._at = self._root
        self._root.mkdir()

    async def source(self) -> Any:
        return localfs.walk_dir(self._root, recursive=True, live=True).items()

    async def read(self, item: localfs.File) -> tuple[str, str]:
        return item.file_path.path.name, await item.read_text()

    async def put(self, key: Any, value: str) -> None:
        path = self._path(key)
        path.parent.mkdir(exist_ok=True)
        self.write(path, value)

    def write(self, path: Path, value: str) -> None:
        path.write_text(value)

    async def remove(self, key: Any) -> None:
        self._path(key).unlink()

    async def disconnect(self) -> None:
        self._root.rename(self._elsewhere)
        self._at = self._elsewhere

    async def reconnect(self) -> None:
        self._elsewhere.rename(self._root)
        self._at = self._root

    def _path(self, key: Any) -> Path:
        return self._at / str(key)[-1] / str(key)


class FolderOfSwaps(Folder):
    """Files that are written beside and moved into place, as editors do."""

    def write(self, path: Path, value: str) -> None:
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(value)
        os.replace(beside, path)

    async def source(self) -> Any:
        matcher = PatternFilePathMatcher(excluded_patterns=["**/.*"])
        return localfs.walk_dir(self._root, recursive=True, path_matcher=matcher, live=True).items()


class TestFilesThatAreWritten(LiveSourceSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Folder:
        return Folder(tmp_path)


class TestFilesThatAreSwapped(LiveSourceSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Folder:
        return FolderOfSwaps(tmp_path)
