"""Which sub-database of an app holds a key.

Layer `_store`. Kinds of rows that come in great numbers lie apart: what is new mostly comes behind what is there, and
LMDB fills pages only at the end of a database; in its middle it leaves them half empty.
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
