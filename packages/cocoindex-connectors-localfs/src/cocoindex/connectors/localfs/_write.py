"""Writes files so that a reader, and a restart after a failure, finds either the old content or the new one.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from hashlib import blake2b
from types import TracebackType
from typing import Final, Self

from ._blame import blaming
from ._durable import MANY, ChangedDirectories, can_sync_filesystems, sync_file, sync_filesystems

_CREATE: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)


def temporary_path(path: str) -> str:
    """Return where the new content of `path` is written first.

    The name follows from the file's, so that what a killed process leaves behind is overwritten by the next attempt;
    and it is short, since a file's own name may be as long as the file system allows.
    """
    directory, name = os.path.split(path)
    return os.path.join(directory, f".coco-{blake2b(os.fsencode(name), digest_size=8).hexdigest()}.tmp")


class Writes:
    """A batch of files: each is written beside its place, all are synced, then all are renamed.

    A context manager; what was not published when it is left is removed again.

    Args:
        changes: is told which directories change.
        count: how many files there will be.
    """

    __slots__ = ("_changes", "_sync_each", "_written")

    def __init__(self, changes: ChangedDirectories, count: int) -> None:
        self._changes = changes
        self._sync_each = count < MANY or not can_sync_filesystems()
        self._written: list[tuple[str, str]] = []

    def add(self, path: str, content: bytes, old: os.stat_result | None) -> None:
        """Write the new content beside `path`, with the mode and, where allowed, the owner of `old`, which is there."""
        if old is not None and stat.S_ISDIR(old.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        temporary = temporary_path(path)
        descriptor = _create(temporary)
        self._written.append((temporary, path))
        try:
            if old is not None and stat.S_ISREG(old.st_mode) and hasattr(os, "fchmod"):
                _take_after(descriptor, old)
            remaining = memoryview(content)
            while remaining:
                remaining = remaining[os.write(descriptor, remaining) :]
            if self._sync_each:
                sync_file(descriptor)
        finally:
            os.close(descriptor)

    def publish(self) -> None:
        """Put the files in their places; their contents are on the disk by then, so that no empty file can appear."""
        if self._written and not self._sync_each:
            sync_filesystems({os.path.dirname(path) for _, path in self._written})
        while self._written:
            temporary, path = self._written[-1]
            with blaming(path):
                os.replace(temporary, path)
            self._written.pop()
            self._changes.note(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for temporary, _ in self._written:
            with suppress(OSError):
                os.unlink(temporary)


def _create(path: str) -> int:
    try:
        return os.open(path, _CREATE, 0o666)
    except FileExistsError:
        os.unlink(path)
        return os.open(path, _CREATE, 0o666)


def _take_after(descriptor: int, old: os.stat_result) -> None:
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        with suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    if stat.S_IMODE(new.st_mode) != stat.S_IMODE(old.st_mode):
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
