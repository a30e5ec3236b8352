"""Selects the SQLite library: the standard one, or `pysqlite3` if only that one can load extensions.

SQLite connector, lowest layer. The error classes of the database are those of the selected library.
"""

from __future__ import annotations

import sqlite3 as _standard
from typing import TYPE_CHECKING, Any

__all__ = ["can_load_extensions", "sqlite3"]


def can_load_extensions(module: Any) -> bool:
    """Say whether connections of `module` have `enable_load_extension`; many builds of Python do not include it."""
    return hasattr(module.Connection, "enable_load_extension")


def _choose() -> Any:
    if can_load_extensions(_standard):
        return _standard
    try:
        import pysqlite3
    except ImportError:
        return _standard
    return pysqlite3


if TYPE_CHECKING:
    import sqlite3
else:
    sqlite3 = _choose()
