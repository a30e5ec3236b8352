"""Names of tables and columns in SQLite.

SQLite connector, lowest layer.
"""

from __future__ import annotations

import string

from cocoindex.connectorkits.sql import quoted as quoted

__all__ = ["folded", "quoted"]

_TO_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(name: str) -> str:
    """Return `name` with ASCII letters in lower case: SQLite treats two names as equal if these forms are."""
    return name.translate(_TO_LOWER)
