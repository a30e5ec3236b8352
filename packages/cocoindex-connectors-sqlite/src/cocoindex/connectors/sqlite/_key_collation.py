"""Determines which texts a key column treats as equal, from the collation in its type.

SQLite connector, schema layer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ._identifier import folded

__all__ = ["COLLATIONS", "collation_of", "without_collation"]

_COLLATE = re.compile(r"\bCOLLATE\s+(?:\"([^\"]+)\"|\[([^\]]+)\]|`([^`]+)`|'([^']+)'|(\w+))", re.IGNORECASE)

COLLATIONS: dict[str, Callable[[str], str]] = {
    "BINARY": lambda text: text,
    "NOCASE": folded,
    "RTRIM": lambda text: text.rstrip(" "),
}
"""SQLite's built-in collations, each with a function that maps equal texts to the same text."""


def collation_of(sqlite_type: str) -> str:
    """Return the name of the collation in a type, in upper case; BINARY by default."""
    found: list[tuple[str, ...]] = _COLLATE.findall(sqlite_type)
    return "".join(found[-1]).upper() if found else "BINARY"


def without_collation(sqlite_type: str) -> str:
    """Return the type without its collation."""
    return _COLLATE.sub("", sqlite_type)
