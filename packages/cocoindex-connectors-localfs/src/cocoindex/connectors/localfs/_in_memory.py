"""Detects files in memory, as in `/dev/shm` and often in `/tmp`, which can be read without waiting for a disk.

Connector layer.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any, Final

_KINDS: Final = {0x01021994, 0x858458F6}
"""The `f_type` of statfs for tmpfs and ramfs."""


def is_in_memory(descriptor: int) -> bool:
    """Say whether an open file lies in a file system in memory."""
    if not sys.platform.startswith("linux"):
        return False
    answer = (ctypes.c_long * 64)()
    return _fstatfs()(descriptor, answer) == 0 and answer[0] & 0xFFFFFFFF in _KINDS


@cache
def _fstatfs() -> Any:
    function = ctypes.CDLL(None).fstatfs
    function.argtypes = (ctypes.c_int, ctypes.c_void_p)
    return function
