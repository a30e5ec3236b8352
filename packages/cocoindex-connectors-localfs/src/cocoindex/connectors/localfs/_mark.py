"""Identifies a directory by its inode number and its time of creation, to notice that another one took its place.

Connector layer. The inode number alone is not enough: that of a removed directory is often reused for the next one.
"""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

_AT_EMPTY_PATH: Final = 0x1000
_AT_FDCWD: Final = -100
_BTIME: Final = 0x800
_CLOCK_REALTIME_COARSE: Final = 5
_TICK_SECONDS: Final = 0.004
_LONGEST_SECONDS: Final = 0.1
_FINE: Final = 10_000_000
_COARSEST: Final = 2_000_000_000  # resolution of times on FAT; a coarse file system stores multiples of 10 ms at best
_SIZE: Final = 256
_BTIME_AT: Final = 80  # in `struct statx`: 8 bytes of seconds, 4 of nanoseconds

_Target = str | int


class Identity(NamedTuple):
    """The identity of a directory.

    Attributes:
        mark: 16 bytes that no other directory of the file system has, before or after.
        born: its time of creation, in nanoseconds since 1970; None if the file system does not store it.
    """

    mark: bytes
    born: int | None


def identity(target: _Target) -> Identity:
    """Return the identity of the directory at a path, links followed, or of an open descriptor; raise `OSError`."""
    stat = os.stat(target)
    born = _born(target, stat)
    # The device number is a last resort: on many systems it changes with a restart.
    return Identity(struct.pack(">QQ", stat.st_ino & _U64, (born or stat.st_dev) & _U64), born)


_U64: Final = (1 << 64) - 1


def _born(target: _Target, stat: os.stat_result) -> int | None:
    for attribute, scale in (("st_birthtime_ns", 1), ("st_birthtime", 1_000_000_000)):
        seconds = getattr(stat, attribute, None)
        if seconds is not None:
            return int(seconds * scale)
    statx = _statx()
    return None if statx is None else statx(target)


@cache
def _statx() -> Callable[[_Target], int | None] | None:
    if not sys.platform.startswith("linux"):
        return None
    import ctypes  # apps that only read files do not need it

    try:
        function = ctypes.CDLL(None, use_errno=True).statx
    except (OSError, AttributeError):
        return None

    def born(target: _Target) -> int | None:
        buffer = ctypes.create_string_buffer(_SIZE)
        if isinstance(target, int):
            failed = function(target, b"", _AT_EMPTY_PATH, _BTIME, buffer)
        else:
            failed = function(_AT_FDCWD, os.fsencode(target), 0, _BTIME, buffer)
        (mask,) = struct.unpack_from("=I", buffer)
        if failed or not mask & _BTIME:
            return None
        seconds, nanoseconds = struct.unpack_from("=qI", buffer, _BTIME_AT)
        born: int = seconds * 1_000_000_000 + nanoseconds
        return born

    return born


def stamp() -> int:
    """Return a lower bound for the time stamps of entries created from now on, in nanoseconds since 1970."""
    return _earliest_stamp()


def is_since(born: int | None, moment: int) -> bool:
    """Say whether an entry created at `born` may have been created after `stamp` returned `moment`."""
    return born is None or born >= moment - (0 if born % _FINE else _COARSEST)


def now() -> int:
    """Return an upper bound for the time stamps of entries created so far, in nanoseconds since 1970."""
    return time.time_ns()


def wait_past(moment: int) -> None:
    """Wait until all entries created from now on get time stamps later than `moment`, for at most 0.1 seconds.

    Linux takes time stamps from a clock that ticks every few ms, or from a finer one when needed. If `moment` is still
    not reached, the clock was set back, and waiting longer could take as long as that. Entries created then seem older
    than `moment`: they count as somebody else's and are not removed.
    """
    until = time.monotonic() + _LONGEST_SECONDS
    while _earliest_stamp() <= moment and time.monotonic() < until:
        time.sleep(_TICK_SECONDS / 4)


def _earliest_stamp() -> int:
    if sys.platform.startswith("linux"):
        return time.clock_gettime_ns(_CLOCK_REALTIME_COARSE)
    return time.time_ns()
