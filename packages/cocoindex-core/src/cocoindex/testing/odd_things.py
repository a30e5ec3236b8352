"""Unusual keys and texts, which connectors often confuse, truncate or fail to write. Testing kit."""

from __future__ import annotations

import uuid

from .._keys import StableKey

#: Texts that are valid, and unusual.
ODD_TEXTS: tuple[str, ...] = (
    "",
    " ",
    "1",
    "True",
    "NULL",
    "x" * 1000,
    "🦊",
    "e\u0301",
    "é",
    'it\'s "quoted" `here`',
    "a\0b",
    "a\nb\r\n\tc",
    "a/b",
    "..",
    "%s {} $1 ?",
    "back\\slash",
    "; DROP TABLE x; --",
)

#: Keys that are valid, and unusual.
ODD_KEYS: tuple[StableKey, ...] = (
    *ODD_TEXTS,
    1,
    0,
    -(2**63),
    2**70,
    True,
    False,
    None,
    b"1",
    b"\0\xff",
    uuid.UUID(int=1),
    str(uuid.UUID(int=1)),
    ("a", "b"),
    ("a", ("b",)),
    ("a", 1),
    (),
)
