"""The SQLite library in use: the standard one where it can load extensions, `pysqlite3` where only that one can.

SQLite connector, lowest layer. Errors of the database are of the classes of this module.
"""

from __future__ import annotations

import sqlite3 as _standard
from typing import TYPE_CHECKING, Any

__all__ = ["can_load_extensions", "sqlite3"]


def can_load_extensions(module: Any) -> bool:
    """Whether connections of `module` have `enable_load_extension`; many builds of Python leave it out."""
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
