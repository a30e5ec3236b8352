"""Tells whether a file is in memory, as in `/dev/shm` and often in `/tmp`, so that reading does not wait for a disk.

Connector layer.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any, Final

_KINDS: Final = {0x01021994, 0x858458F6}
"""By the `f_type` of statfs: tmpfs and ramfs."""


def is_in_memory(descriptor: int) -> bool:
    """Say so of an open file."""
    if not sys.platform.startswith("linux"):
        return False
    answer = (ctypes.c_long * 64)()
    return _fstatfs()(descriptor, answer) == 0 and answer[0] & 0xFFFFFFFF in _KINDS


@cache
def _fstatfs() -> Any:
    function = ctypes.CDLL(None).fstatfs
    function.argtypes = (ctypes.c_int, ctypes.c_void_p)
    return function
