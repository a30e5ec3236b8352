"""Decides which sub-database of an app holds a key.

Layer `_store`. Frequent kinds of rows have sub-databases of their own: new rows mostly follow the existing ones, and
LMDB fills pages only at the end of a database; in the middle it leaves them half empty.
"""

from __future__ import annotations

from typing import Final

GROWING: Final = b"CFOS"
"""The first bytes of the keys that have a partition of their own; all others share one."""

PARTITIONS: Final = 1 + len(GROWING)
_OF: Final = bytes(GROWING.find(first) + 1 for first in range(256))


def partition_of(key: bytes) -> int:
    """Return the number of the partition that holds `key`."""
    return _OF[key[0]] if key else 0
