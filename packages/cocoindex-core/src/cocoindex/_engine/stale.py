"""Which children of earlier updates were not mounted this time, read from the store in their order. Layer: _engine."""

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
    """The record keys of the children of a component that are not among `claimed`, in their order.

    Args:
        component: its id.
        claimed: what `mark_of` gives of the paths of those that were mounted.
        prefix: how the paths begin of those that are wanted.
        spared: how the paths begin of those that are not, as they are those of live ranges.
        after: the record key to go on behind.
    """
    start = CHILD + component
    head = len(start)
    wanted = start + prefix
    ranges = tuple(start + one for one in spared)
    while True:
        keys = store.scan_keys(wanted, after=after, limit=_CHUNK)
        jump = False
        for key in keys:
            if key == start + prefix and prefix:  # a component of its own, and none of those below the path
                continue
            if ranges and key.startswith(ranges) and key not in ranges:
                after = next(one for one in ranges if key.startswith(one)) + _PAST
                if jump := after > keys[-1]:
                    break
                continue
            path = key[head:]
            if (path if len(path) <= SHORT else hash16(path)) not in claimed:  # a call less for each unchanged child
                yield key
        if not jump:
            if len(keys) < _CHUNK:
                return
            after = keys[-1]


def mark_of(path: bytes) -> bytes:
    """What is held in memory of a child's path below its parent, as it is in a store key: at most `SHORT` bytes."""
    return path if len(path) <= SHORT else hash16(path)
