"""Finds the children of earlier updates that were not mounted this time. Layer: _engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from .._values import hash16
from .keyspace import CHILD

if TYPE_CHECKING:
    from .._store.interface import AppStore

_CHUNK = 1024

SHORT = 16
"""So many bytes of a path are held as they are, and no more of a longer one."""

_PAST = b"\xff"
"""Above the first byte of any part of a path, so that it stands behind all paths that begin with what is before it."""


def stale_children(
    store: AppStore,
    component: bytes,
    claimed: Collection[bytes],
    *,
    prefix: bytes = b"",
    spared: Sequence[bytes] = (),
    after: bytes | None = None,
) -> Iterator[bytes]:
    """Yield the record keys of a component's stored children that are not among `claimed`, in order.

    Args:
        component: the id of the component.
        claimed: the marks (`mark_of`) of the mounted children's paths.
        prefix: the path prefix of the children to look at.
        spared: path prefixes to leave out, which belong to live ranges.
        after: the record key to continue after.
    """
    start = CHILD + component
    head = len(start)
    wanted = start + prefix
    ranges = tuple(start + one for one in spared)
    while True:
        keys = store.scan_keys(wanted, after=after, limit=_CHUNK)
        jump = False
        for key in keys:
            if key == start + prefix and prefix:  # the component at the prefix itself, and not one below it
                continue
            if ranges and key.startswith(ranges) and key not in ranges:
                after = next(one for one in ranges if key.startswith(one)) + _PAST
                if jump := after > keys[-1]:
                    break
                continue
            path = key[head:]
            if (path if len(path) <= SHORT else hash16(path)) not in claimed:  # saves a call for each unchanged child
                yield key
        if not jump:
            if len(keys) < _CHUNK:
                return
            after = keys[-1]


def mark_of(path: bytes) -> bytes:
    """Return the mark of a child's path, as it is in a store key: at most `SHORT` bytes, to save memory."""
    return path if len(path) <= SHORT else hash16(path)
