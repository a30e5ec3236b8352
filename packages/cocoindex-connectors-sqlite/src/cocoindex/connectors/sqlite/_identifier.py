"""Names of tables and columns as SQLite sees them.

SQLite connector, lowest layer.
"""

from __future__ import annotations

import string

from cocoindex.connectorkits.sql import quoted as quoted

__all__ = ["folded", "quoted"]

_TO_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(name: str) -> str:
    """`name` in lower case, of ASCII letters only: two names are one to SQLite where this is equal."""
    return name.translate(_TO_LOWER)
