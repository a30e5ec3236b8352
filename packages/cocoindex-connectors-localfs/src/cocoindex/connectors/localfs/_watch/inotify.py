"""The system calls of inotify, for one instance.

Connector layer; Linux only.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from functools import cache
from typing import Any, Final, NamedTuple

MODIFY: Final = 0x2
ATTRIB: Final = 0x4
CLOSE_WRITE: Final = 0x8
MOVED_FROM: Final = 0x40
MOVED_TO: Final = 0x80
CREATE: Final = 0x100
DELETE: Final = 0x200
DELETE_SELF: Final = 0x400
MOVE_SELF: Final = 0x800
UNMOUNT: Final = 0x2000
OVERFLOW: Final = 0x4000
IGNORED: Final = 0x8000
ONLY_DIRECTORIES: Final = 0x1000000
MASK_ADD: Final = 0x20000000
IS_DIRECTORY: Final = 0x40000000

SELF: Final = DELETE_SELF | MOVE_SELF
"""Events of a directory itself."""

ALL: Final = SELF | ATTRIB | CLOSE_WRITE | CREATE | DELETE | MODIFY | MOVED_FROM | MOVED_TO

NONE_LEFT: Final = {
    errno.ENOSPC: "the limit of watched directories is reached (raise fs.inotify.max_user_watches)",
    errno.ENOMEM: "the system has no memory for more watched directories",
}
"""Errors that mean that the system has no watches left, each with a text for the user."""

_HEAD: Final = struct.Struct("iIII")
_READ: Final = 64 * 1024


class Event(NamedTuple):
    """One event.

    Attributes:
        watch: the watch descriptor of the directory; -1 if events were lost.
        mask: the bits that say what happened.
        name: the name of the entry in the directory, decoded by `os.fsdecode`; empty for the directory itself.
    """

    watch: int
    mask: int
    name: str


class Inotify:
    """One inotify instance; its file descriptor is readable when there are events.

    Raises:
        OSError: the limit of instances is reached (`EMFILE`; set by `fs.inotify.max_user_instances`), or the system
            has no inotify.
    """

    __slots__ = ("descriptor",)

    def __init__(self) -> None:
        self.descriptor = _checked(_library().inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC), "inotify_init1")

    def add(self, path: str, mask: int = ALL) -> int:
        """Watch a directory, links followed, and return the watch descriptor.

        For a directory that is watched already, add the events of `mask` and return the same descriptor.

        Raises:
            OSError: it cannot be watched; `ENOSPC` if the limit `fs.inotify.max_user_watches` is reached.
        """
        mask |= ONLY_DIRECTORIES | MASK_ADD
        return _checked(_library().inotify_add_watch(self.descriptor, os.fsencode(path), mask), path)

    def remove(self, watch: int) -> None:
        """Remove a watch; do nothing if it does not exist any more."""
        _library().inotify_rm_watch(self.descriptor, watch)

    def read(self) -> list[Event]:
        """Return available events, not necessarily all; return at once if there are none."""
        try:
            data = os.read(self.descriptor, _READ)
        except (BlockingIOError, InterruptedError):
            return []
        events: list[Event] = []
        at = 0
        while at < len(data):
            watch, mask, _, length = _HEAD.unpack_from(data, at)
            at += _HEAD.size
            name = data[at : at + length].rstrip(b"\0") if length else b""
            events.append(Event(watch, mask, os.fsdecode(name)))
            at += length
        return events

    def close(self) -> None:
        os.close(self.descriptor)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


@cache
def _library() -> Any:
    try:
        library = ctypes.CDLL(None, use_errno=True)
        library.inotify_add_watch.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32)
        library.inotify_init1.argtypes = (ctypes.c_int,)
        library.inotify_rm_watch.argtypes = (ctypes.c_int, ctypes.c_int)
    except (AttributeError, OSError) as error:
        raise OSError(errno.ENOSYS, "the C library has no inotify") from error
    return library
