"""The bytes that mark the type of an encoded key; their order is the order of the types in the store.

Layer `_keys`; part of the store's format: a change here needs a new format version.
"""

from __future__ import annotations

from typing import Final

# Below every tag: a shorter string or tuple comes before the longer one that it begins.
END: Final = 0x00
NONE: Final = 0x01
FALSE: Final = 0x02
TRUE: Final = 0x03

# An integer of n bytes, n <= 8, has the tag ZERO + n, or ZERO - n when it is negative.
ZERO: Final = 0x20
INLINE_INT_BYTES: Final = 8
BIG_POSITIVE: Final = ZERO + INLINE_INT_BYTES + 1
BIG_NEGATIVE: Final = ZERO - INLINE_INT_BYTES - 1
# The length of a longer integer is written before it, in this many bytes.
BIG_LENGTH_BYTES: Final = 4

BYTES: Final = 0x30
STR: Final = 0x31
SYMBOL: Final = 0x32
UUID: Final = 0x33
TUPLE: Final = 0x34

# Inside strings NUL, which ends them, and the escape itself are written as two bytes; order is kept.
ESCAPE: Final = b"\x01"
ESCAPED_NUL: Final = b"\x01\x01"
ESCAPED_ESCAPE: Final = b"\x01\x02"

# Tuples nest this deep at most, so that no key exhausts the stack of a reader.
MAX_DEPTH: Final = 100
