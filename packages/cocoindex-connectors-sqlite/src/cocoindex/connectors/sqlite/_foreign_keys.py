"""Finds rows of other tables that refer to a table.

SQLite connector, table layer. If foreign keys are enforced, dropping the table would delete or change these rows.
"""

from __future__ import annotations

from ._driver import sqlite3
from ._identifier import quoted

__all__ = ["referring_tables"]

_KEYS = """
    SELECT m.name, f.id, f."from" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
    WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND f."table" = ?1 COLLATE NOCASE
    AND m.name <> ?1 COLLATE NOCASE ORDER BY m.name, f.id, f.seq
"""


def referring_tables(connection: sqlite3.Connection, name: str) -> list[str]:
    """Return the other tables with rows that refer to this one; none if foreign keys are not enforced."""
    if connection.execute("PRAGMA foreign_keys").fetchone() != (1,):
        return []
    keys: dict[tuple[str, int], list[str]] = {}
    for table, number, column in connection.execute(_KEYS, (name,)).fetchall():
        keys.setdefault((table, number), []).append(f"{quoted(column)} IS NOT NULL")
    found = {
        table: None
        for (table, _), conditions in keys.items()
        if connection.execute(f"SELECT 1 FROM {quoted(table)} WHERE {' AND '.join(conditions)} LIMIT 1").fetchone()
    }
    return list(found)
