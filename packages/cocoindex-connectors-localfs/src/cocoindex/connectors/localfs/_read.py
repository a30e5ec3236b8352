"""Reads files without blocking the event loop on the disk, and without a thread switch for each small file.

Connector layer.
"""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Sequence
from functools import partial
from typing import Final
from weakref import WeakKeyDictionary

from blake3 import blake3

from .errors import SourceFileKindError, SourceFileMissingError, SourceFileUnreadableError

SMALL: Final = 64 * 1024
_GROUP: Final = 32
_CHUNK: Final = 1024 * 1024
_DIGEST: Final = 16
_NO_WAIT: Final = getattr(os, "RWF_NOWAIT", 0) if hasattr(os, "preadv") else 0
_WOULD_WAIT: Final = frozenset({errno.EAGAIN, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS})
# Without O_NONBLOCK, opening a pipe that took the place of a file would block.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_Read = tuple[str, "asyncio.Future[bytes]"]
_waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, list[_Read]] = WeakKeyDictionary()


def read_cached(path: str, size: int) -> bytes | None:
    """Return the content of a file of at most `SMALL` bytes if it can be read without waiting for a disk, else None.

    Linux answers from its page cache, or reports that the read would block. This takes 5 µs; a thread switch takes 110
    to 160 µs. File systems in memory never block, but do not support the request; they are read directly.

    Args:
        path: path of the file.
        size: its expected size in bytes; for a file that has changed since, the result is None (use `read_soon`).
    """
    if not _NO_WAIT or size > SMALL:
        return None
    buffer = bytearray(size + 1)
    try:
        descriptor = os.open(path, _FLAGS)
        try:
            _check_kind(descriptor, path)
            count = _read_now(descriptor, buffer)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno in _WOULD_WAIT:
            return None
        raise explained(error, path) from error
    return bytes(memoryview(buffer)[:size]) if count == size else None


def _read_now(descriptor: int, buffer: bytearray) -> int:
    try:
        return os.preadv(descriptor, [buffer], 0, _NO_WAIT)
    except OSError as error:
        if error.errno != errno.EOPNOTSUPP:
            raise
        from ._in_memory import is_in_memory  # imported here, because few programs need it

        if not is_in_memory(descriptor):
            raise
        return os.preadv(descriptor, [buffer], 0)


async def read_soon(path: str, size: int) -> bytes:
    """Return the content, read in a thread; small files that are requested together are read in groups."""
    loop = asyncio.get_running_loop()
    if size > SMALL:
        return await loop.run_in_executor(None, read_file, path, -1)
    reads = _waiting.get(loop)
    if reads is None:
        reads = _waiting[loop] = []
        loop.call_soon(_start, loop)
    future: asyncio.Future[bytes] = loop.create_future()
    reads.append((path, future))
    return await future


def read_file(path: str, size: int) -> bytes:
    """Return the first `size` bytes of a file, or all if `size` is negative."""
    try:
        with open(path, "rb", buffering=0, opener=_open) as file:
            _check_kind(file.fileno(), path)
            return file.read(size) or b""
    except OSError as error:
        raise explained(error, path) from error


def fingerprint(content: bytes) -> bytes:
    """Return a 16-byte hash of the content (BLAKE3), which resists deliberate collisions."""
    return blake3(content).digest(_DIGEST)


def fingerprint_file(path: str) -> bytes:
    """Return the fingerprint of a file that is too large to hold in memory."""
    hasher = blake3()
    try:
        with open(path, "rb", buffering=0, opener=_open) as file:
            _check_kind(file.fileno(), path)
            while chunk := file.read(_CHUNK):
                hasher.update(chunk)
    except OSError as error:
        raise explained(error, path) from error
    return hasher.digest(_DIGEST)


def explained(error: OSError, path: str) -> OSError:
    """Return an error with advice for a file that is missing, unreadable or not regular; else `error` itself."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):  # the latter if a file replaced a parent directory
        return SourceFileMissingError(error.errno, "the file was removed after it was found; update again", path)
    if isinstance(error, PermissionError):
        return SourceFileUnreadableError(
            error.errno,
            "this process has no permission to read the file; grant it, or exclude the file with path_matcher",
            path,
        )
    if error.errno in (errno.EISDIR, errno.ENXIO):  # a socket cannot be opened
        return _of_another_kind(error.errno, path)
    return error


def _check_kind(descriptor: int, path: str) -> None:
    """Raise `SourceFileKindError` unless the descriptor is that of a regular file."""
    kind = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(kind):
        raise _of_another_kind(errno.EISDIR if stat.S_ISDIR(kind) else errno.ENXIO, path)


def _of_another_kind(number: int, path: str) -> SourceFileKindError:
    what = "a directory" if number == errno.EISDIR else "a pipe, a socket or a device"
    return SourceFileKindError(number, f"the path is not a regular file but {what}", path)


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _FLAGS)


def _start(loop: asyncio.AbstractEventLoop) -> None:
    reads = _waiting.pop(loop)
    for first in range(0, len(reads), _GROUP):
        group = reads[first : first + _GROUP]
        hop = loop.run_in_executor(None, _read_group, [path for path, _ in group])
        hop.add_done_callback(partial(_deliver, group))


def _read_group(paths: Sequence[str]) -> list[bytes | OSError]:
    contents: list[bytes | OSError] = []
    for path in paths:
        try:
            contents.append(read_file(path, -1))
        except OSError as error:
            contents.append(error)
    return contents


def _deliver(group: Sequence[_Read], hop: asyncio.Future[list[bytes | OSError]]) -> None:
    if hop.cancelled():
        for _, future in group:
            future.cancel()
        return
    for (_, future), content in zip(group, hop.result(), strict=True):
        if future.done():  # its reader was cancelled
            continue
        if isinstance(content, OSError):
            future.set_exception(content)
        else:
            future.set_result(content)
