"""Detects file systems that do not report all changes.

Connector layer.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Final

_SILENT: Final = {
    0x00006969: "nfs",
    0x0000517B: "smb",
    0x0000564C: "ncp",
    0x01021997: "9p",
    0x01161970: "gfs2",
    0x0BD00BD0: "lustre",
    0x00C36400: "ceph",
    0x47504653: "gpfs",
    0x5346414F: "afs",
    0x62656572: "sysfs",
    0x65735546: "fuse",
    0x6B414653: "afs",
    0x7461636F: "ocfs2",
    0x73757245: "coda",
    0x786F4256: "vboxsf",
    0x00009FA0: "proc",
    0xBACBACBC: "vmhgfs",
    0xFE534D42: "smb",
    0xFF534D42: "cifs",
}
"""File systems, by the `f_type` of statfs, where changes made on another machine or by the kernel are not reported."""


def silent_kind(path: str) -> str | None:
    """Return the type of the file system if it does not report all changes, else None."""
    if not sys.platform.startswith("linux"):
        return None
    answer = ctypes.create_string_buffer(512)
    if ctypes.CDLL(None, use_errno=True).statfs(os.fsencode(path), answer) != 0:
        return None
    kind = ctypes.c_long.from_buffer(answer).value & 0xFFFFFFFF
    return _SILENT.get(kind)


def is_mount_point(path: str, stat: os.stat_result) -> bool:
    """Say whether a file system is mounted at this directory; `stat` is its `os.stat` result."""
    try:
        return os.stat(os.path.join(path, os.pardir)).st_dev != stat.st_dev
    except OSError:
        return False
