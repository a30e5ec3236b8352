"""A local file; uses little memory, because a walk may list many thousands.

Connector layer.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from datetime import datetime
from pathlib import Path
from typing import Final

from cocoindex import MemoStateOutcome, NonExistenceType, is_non_existence
from cocoindex.connectorkits.store_paths import store_paths
from cocoindex.resources.file import FileLike, FileMetadata, moment_of

from ._file_path import FilePath, Location, as_file_path
from ._names import from_disk, to_disk
from ._read import explained, fingerprint, fingerprint_file, read_cached, read_file, read_soon

_LOOKS: Final = 20  # length of the prefix of a state: the modification time in nanoseconds (12 bytes), the size (8)
_HELD: Final = 8 * 1024 * 1024  # longer contents are fingerprinted in pieces, and read again when needed


class WalkedDirectory:
    """The directory where a walk starts, in the forms that its files need.

    Attributes:
        path: the path as it was given.
        directory: the absolute path, with a separator at its end.
        base: the key of the base directory, if there is one.
        prefix: the path below the base directory, with a slash at its end; empty for the base directory itself.
        stores: relative paths of the directories below it in which the app keeps its store.
    """

    __slots__ = ("base", "directory", "path", "prefix", "stores")

    def __init__(self, path: FilePath) -> None:
        self.path = path
        self.directory = os.path.join(path.resolve(), "")
        self.base = None if path.base_dir is None else path.base_dir.key
        prefix = path.as_posix()
        self.prefix = "" if prefix == "." else prefix if prefix.endswith("/") else f"{prefix}/"
        below = (store.removeprefix(self.directory) for store in store_paths() if store.startswith(self.directory))
        self.stores = frozenset(from_disk(name).replace(os.sep, "/") for name in below if name)


class File(FileLike[Path]):
    """A file of the local file system.

    Small files in the operating system's cache are read directly, others in threads, several at a time.

    Args:
        file_path: path of the file.
        _stat: the result of `os.stat`, if known.
    """

    __slots__ = ("_modified", "_relative", "_root", "_size")

    def __init__(self, file_path: Location, *, _stat: os.stat_result | None = None) -> None:
        super().__init__(as_file_path(file_path))
        self._root: WalkedDirectory | None = None
        self._relative = ""
        self._size = -1 if _stat is None else _stat.st_size
        self._modified = -1 if _stat is None else _stat.st_mtime_ns

    @property
    def file_path(self) -> FilePath:
        """The file's path; `file_path.path` is relative to the base directory."""
        if self._known_path is None:
            assert self._root is not None
            self._known_path = self._root.path / self._relative
        assert isinstance(self._known_path, FilePath)
        return self._known_path

    def __repr__(self) -> str:
        return f"File({self.file_path!r})"

    def __coco_memo_key__(self) -> object:
        if self._root is None:
            return self.file_path.__coco_memo_key__()
        return (self._root.base, self._root.prefix + self._relative)

    def __coco_memo_state__(
        self, prev_state: tuple[datetime, bytes] | NonExistenceType
    ) -> MemoStateOutcome | Awaitable[MemoStateOutcome]:
        if self._size < 0:
            self._look()
        if is_non_existence(prev_state):
            known = None
        elif prev_state[1].startswith(self.looks()):
            return MemoStateOutcome(state=prev_state, memo_valid=True)
        else:
            known = prev_state[1][_LOOKS:]
        if self._content is None:
            self._content = read_cached(self._local(), self._size)
        if self._content is None and self._fingerprint is None:
            return self._compared_later(known)
        if self._fingerprint is None and self._content is not None:
            self._fingerprint = fingerprint(self._content)
        return self._compared(known)

    async def _compared_later(self, known: bytes | None) -> MemoStateOutcome:
        await self.content_fingerprint()
        return self._compared(known)

    def _compared(self, known: bytes | None) -> MemoStateOutcome:
        assert self._fingerprint is not None
        state = (moment_of(self._modified), self.looks() + self._fingerprint)
        return MemoStateOutcome(state=state, memo_valid=self._fingerprint == known)

    def looks(self) -> bytes:
        """Return the modification time and the size as bytes, to compare; -1 stands for unknown."""
        return self._modified.to_bytes(12, "big", signed=True) + self._size.to_bytes(8, "big", signed=True)

    def _local(self) -> str:
        if self._root is None:
            return str(self.file_path.resolve())
        return self._root.directory + to_disk(self._relative)

    def _look(self) -> None:
        path = self._local()
        try:
            stat = os.stat(path)
        except OSError as error:
            raise explained(error, path) from error
        self._size, self._modified = stat.st_size, stat.st_mtime_ns

    async def _fetch_metadata(self) -> FileMetadata:
        if self._size < 0:
            self._look()
        return FileMetadata(self._size, moment_of(self._modified))

    async def _read_impl(self, size: int = -1) -> bytes:
        if size >= 0:
            return await asyncio.get_running_loop().run_in_executor(None, read_file, self._local(), size)
        if self._size < 0:
            self._look()
        content = read_cached(self._local(), self._size)
        return await read_soon(self._local(), self._size) if content is None else content

    async def _compute_content_fingerprint(self) -> bytes:
        if self._size < 0:
            self._look()
        if self._size > _HELD and self._content is None:
            return await asyncio.get_running_loop().run_in_executor(None, fingerprint_file, self._local())
        return fingerprint(await self.read())


def walked_file(root: WalkedDirectory, relative: str, stat: os.stat_result | None) -> File:
    """Return the file at `relative` below `root`; its path object is created only when it is needed."""
    file = object.__new__(File)
    file._known_path = None
    file._known_metadata = None
    file._content = None
    file._fingerprint = None
    file._root = root
    file._relative = relative
    file._size = -1 if stat is None else stat.st_size
    file._modified = -1 if stat is None else stat.st_mtime_ns
    return file
