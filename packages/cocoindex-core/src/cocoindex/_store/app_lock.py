"""One writer per app: an operating-system lock on a file beside the data, which names its holder.

Layer `_store`. The lock ends with the process that holds it, so a leftover file means nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import stat
import sys
import time
import weakref
from collections.abc import Callable
from types import TracebackType

import msgspec

from cocoindex.errors import AppLockedError, StoreError, StoreOpenError

from .app_name import file_stem
from .lmdb_errors import explain, is_without_room
from .lock_holder import LockHolder

if sys.platform == "win32":
    import msvcrt

    # Far behind the content: on Windows, others cannot read a locked byte.
    _LOCKED_BYTE = 1 << 30

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    _try_look = _try_lock

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        return _try_flock(descriptor, fcntl.LOCK_EX)

    def _try_look(descriptor: int) -> bool:
        """Do the same as `_try_lock`, shared with other readers."""
        return _try_flock(descriptor, fcntl.LOCK_SH)

    def _try_flock(descriptor: int, kind: int) -> bool:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


_LOOK_SECONDS = 0.02


class FileAppLock:
    """The right to write one app of the database in `folder`.

    Args:
        folder, name: the folder of the database, and the app.
        at_end: called when a block with the lock ends without an error, to check that the database is still there.
        live: whether others see it as a live update.

    Raises:
        AppLockedError: another process or thread has it.
        StoreOpenError: the lock file cannot be created, or is a link.
        StoreFullError: the disk is full.
    """

    def __init__(
        self, folder: str, name: str, at_end: Callable[[], None] = lambda: None, *, live: bool = False
    ) -> None:
        self._at_end = at_end
        self._path = _path(folder, name)
        self._descriptor: int | None = None
        try:
            self._descriptor = _open(self._path)
            if not _try_lock(self._descriptor):
                # Perhaps another process only reads the lock, for a moment.
                time.sleep(_LOOK_SECONDS)
                if not _try_lock(self._descriptor):
                    holder = _read_holder(self._descriptor)
                    raise AppLockedError(name, holder.pid, holder.host, holder.since, self._path, holder.live)
            _write(self._descriptor, _this_process(live))
        except OSError as error:
            self._close()
            raise _cannot_lock(folder, self._path, error) from error
        except BaseException:
            self._close()
            raise
        _held.add(self)

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        if self._descriptor is not None:
            # The file stays: another process may be waiting for it. Its content matters only while it is locked.
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            _unlock(self._descriptor)
            self._close()

    def __enter__(self) -> FileAppLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        if error is None:
            self._at_end()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def _open(path: str) -> int:
    """Open the lock file, creating it if it is missing; neither it nor its folder may be a link."""
    folder, name = os.path.split(path)
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    if os.open not in os.supports_dir_fd:
        return os.open(path, flags, 0o600)
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        descriptor = os.open(name, flags, 0o600, dir_fd=opened)
    finally:
        os.close(opened)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(descriptor)
        raise OSError(errno.ELOOP, "it is not a file of its own")
    return descriptor


def _cannot_lock(folder: str, path: str, error: OSError) -> StoreError:
    if is_without_room(error):
        return explain(error, folder)
    if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENOTDIR):  # the errors of systems for O_NOFOLLOW
        return StoreOpenError(
            f"cannot lock the file {path}: it is a link or a device, or its folder is a link or a file, which are not"
            " followed; remove it"
        )
    return StoreOpenError(f"cannot lock the file {path}: {error}; make its folder writable")


def _this_process(live: bool) -> bytes:
    import socket

    since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return msgspec.json.encode({"pid": os.getpid(), "host": socket.gethostname(), "since": since, "live": live})


def _write(descriptor: int, content: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, content)


def _read_holder(descriptor: int) -> LockHolder:
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        holder = msgspec.json.decode(os.read(descriptor, 4096))
    except (OSError, msgspec.DecodeError):  # it is being written
        return LockHolder()
    if not isinstance(holder, dict):
        return LockHolder()
    # Older versions have no live updates and do not write this field.
    return LockHolder(holder.get("pid"), holder.get("host"), holder.get("since"), holder.get("live") is True)


def holder_of(folder: str, name: str) -> LockHolder | None:
    """Return who holds the lock of an app of the database in `folder` at this moment; None if nobody does.

    Raises:
        StoreOpenError: the lock file cannot be read.
    """
    path = _path(folder, name)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _cannot_lock(folder, path, error) from error
    try:
        if not _try_look(descriptor):
            return _read_holder(descriptor)
        _unlock(descriptor)
        return None
    finally:
        os.close(descriptor)


def _path(folder: str, name: str) -> str:
    return os.path.join(folder, "locks", f"{file_stem(name)}.lock")


_held: weakref.WeakSet[FileAppLock] = weakref.WeakSet()


def _forget_in_child() -> None:
    # A forked child would keep the lock after its parent was killed.
    for lock in list(_held):
        lock._close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
