"""Writes files atomically: a reader, or a restart after a failure, finds either the old content or the new one.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from itertools import count
from types import TracebackType
from typing import Final, Self

from ._blame import blaming
from ._durable import MANY, ChangedDirectories, can_sync_filesystems, sync_file, sync_filesystems
from ._entry import Found
from ._foreign import foreign
from ._names import temporary_name
from ._place import Spot

_CREATE: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)


class Writes:
    """A batch of files: each is written under a temporary name, all are synced, then all are renamed.

    This is a context manager; on exit, it removes temporary files that were not published.

    Args:
        changes: collects the changed directories.
        count: the number of files in the batch.
    """

    __slots__ = ("_changes", "_sync_each", "_written")

    def __init__(self, changes: ChangedDirectories, count: int) -> None:
        self._changes = changes
        self._sync_each = count < MANY or not can_sync_filesystems()
        self._written: list[tuple[str, Spot, Found | None, bool]] = []

    def add(
        self, spot: Spot, content: bytes, old: os.stat_result | None, *, again: bool, found: Found | None = None
    ) -> None:
        """Write the new content to a temporary file in the same directory.

        Args:
            spot: the place of the file.
            content: its new content.
            old: the stat result of the existing file, whose mode and, if allowed, owner are kept; None if none exists.
            again: whether an earlier attempt may have left its temporary file behind.
            found: its `written` is set when the file is in its place.
        """
        temporary, descriptor = _create(spot, again)
        self._written.append((temporary, spot, found, old is None))
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
        """Rename the files to their final names; their contents are on the disk by then, so no empty file can appear.

        Raises:
            FileTargetError: (an `OSError`) where no file existed, one has appeared meanwhile. It may belong to somebody
                else, or be a file of this app under another name: by a link in the directory, or because the file
                system treats the names as equal.
        """
        if self._written and not self._sync_each:
            sync_filesystems({os.path.dirname(spot.path) for _, spot, *_ in self._written})
        while self._written:
            temporary, spot, found, is_new = self._written[-1]
            with blaming(spot.path):
                if is_new and spot.root.lstat(spot.name) is not None:
                    raise foreign(spot)
                spot.root.replace(temporary, spot.name)
            if found is not None:
                found.written = True
            self._written.pop()
            self._changes.note(spot.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for temporary, spot, *_ in self._written:
            with suppress(OSError):
                spot.root.unlink(temporary)


def _create(spot: Spot, again: bool) -> tuple[str, int]:
    """Create a temporary file; an existing one of that name belongs to somebody else, unless `again` is set."""
    above, separator, name = spot.name.rpartition(os.sep)
    for number in count():
        temporary = f"{above}{separator}{temporary_name(name, number)}"
        try:
            return temporary, spot.root.open(temporary, _CREATE)
        except FileExistsError:
            if number == 0 and again:
                spot.root.unlink(temporary)
                return temporary, spot.root.open(temporary, _CREATE)
    raise AssertionError


def _take_after(descriptor: int, old: os.stat_result) -> None:
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        with suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    if stat.S_IMODE(new.st_mode) != stat.S_IMODE(old.st_mode):
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
