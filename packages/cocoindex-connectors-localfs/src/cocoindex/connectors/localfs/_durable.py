"""Flushes writes to the disk, with as few syncs as the platform allows.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from ._blame import blaming
from .errors import FileTargetError

# Syncing a whole file system takes about as long as syncing this many single files, or longer if others write, too.
MANY: Final = 32
_GONE: Final = (FileNotFoundError, NotADirectoryError)  # the latter where a file took the place of a directory above


class ChangedDirectories:
    """Collects the directories in which names appeared, changed or vanished, and syncs them together.

    Attributes:
        since: directories created in existing ones must get later time stamps than this; see `_mark.wait_past`.
    """

    __slots__ = ("_paths", "since")

    def __init__(self) -> None:
        self._paths: set[str] = set()
        self.since = 0

    def note(self, entry: str) -> None:
        """Add the parent directory of an entry."""
        self._paths.add(entry.rpartition(os.sep)[0] or os.sep)

    def sync(self) -> None:
        """Sync the directories; after this, the names in them survive a power failure."""
        if os.name == "nt":  # Windows cannot sync directories, and need not
            return
        if len(self._paths) < MANY or not sync_filesystems(self._paths):
            for path in self._paths:
                _with_directory(path, sync_file)


def sync_file(descriptor: int) -> None:
    """Flush the content of an open file, or the names in an open directory, to the disk."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)  # on macOS, fsync does not flush the cache of the disk itself
    else:
        os.fsync(descriptor)


def can_sync_filesystems() -> bool:
    """Say whether one call can sync a whole file system here."""
    return _syncfs() is not None


def sync_filesystems(directories: Iterable[str]) -> bool:
    """Sync the file systems that hold these directories, each once; return False if the platform cannot do that."""
    syncfs = _syncfs()
    if syncfs is None:
        return False
    synced: set[int] = set()
    for path in directories:
        try:
            device = os.stat(path).st_dev
        except _GONE:  # removed with its contents; syncing its parent directory covers that
            continue
        if device not in synced:
            synced.add(device)
            _with_directory(path, syncfs)
    return True


def _with_directory(path: str, use: Callable[[int], None]) -> None:
    with blaming(path):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except _GONE:  # removed with its contents
            return
        except PermissionError as error:
            raise FileTargetError(
                error.errno,
                "this process may not read the directory, and so cannot flush what it wrote to the disk; "
                "allow it to read the directory, or declare another path",
                path,
            ) from error
        try:
            use(descriptor)
        finally:
            os.close(descriptor)


@cache
def _syncfs() -> Callable[[int], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    try:
        function = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None

    def syncfs(descriptor: int) -> None:
        if function(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return syncfs
