"""Locates a path within its file system, independent of mount points.

Connector layer. It works on Linux only, where a part of a file system can be mounted a second time (`mount --bind`).
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Final, NamedTuple

from ._place import is_within

_MOUNTS: Final = "/proc/self/mountinfo"
_ESCAPED: Final = re.compile(rb"\\([0-7]{3})")


class FileSystemPlace(NamedTuple):
    """A device, and a path from the root of the file system on it."""

    device: str
    path: str


class _Mount(NamedTuple):
    point: str
    device: str
    root: str


def place_of(path: str) -> FileSystemPlace | None:
    """Return the place of a real path, which need not exist; None if that is unknown."""
    try:
        with open(_MOUNTS, "rb") as file:
            mounts = _read(file.read())
    except OSError:
        return None
    # The last mount at a mount point hides the others; `mounts` has the last one first.
    best = max(
        (mount for mount in mounts if is_within(path, mount.point)), key=lambda each: len(each.point), default=None
    )
    if best is None:
        return None
    return FileSystemPlace(best.device, os.path.normpath(os.path.join(best.root, os.path.relpath(path, best.point))))


@lru_cache(2)
def _read(lines: bytes) -> tuple[_Mount, ...]:
    found = []
    for line in reversed(lines.splitlines()):
        parts = line.split(b" ")
        if len(parts) > 4:
            found.append(_Mount(_plain(parts[4]), parts[2].decode(), _plain(parts[3])))
    return tuple(found)


def _plain(text: bytes) -> str:
    return os.fsdecode(_ESCAPED.sub(lambda match: bytes((int(match[1], 8),)), text))
