"""Converts errors of the database to errors of the framework.

SQLite connector, lowest layer: the original error is always the cause of what is raised.
"""

from __future__ import annotations

import re

from cocoindex.errors import CocoIndexError

from .errors import SqliteBusyError, SqliteConnectionError, SqliteExtensionError, SqliteTableError, SqliteTableLostError

__all__ = ["describe_failure", "is_busy"]

_BUSY = ("database is locked", "database table is locked", "database schema is locked")
_LOST = ("no such table", "no column named", "no such column")
_MISSING = re.compile(r"no such table: (?:main\.)?(?P<table>.+)$")
_AFTER_DROP = "after drop column"
_UNUSABLE = ("file is not a database", "disk image is malformed", "unable to open", "closed database")


def is_busy(error: Exception) -> bool:
    """Say whether another connection held the lock of the database for longer than the timeout."""
    return str(error).startswith(_BUSY)


def describe_failure(error: Exception, database: str, what: str) -> CocoIndexError:
    """Return the exception that explains to a user why `what` (such as "writing table 'docs'") failed."""
    reason = str(error)
    if is_busy(error):
        return SqliteBusyError(
            f"{what} in the SQLite database {database} failed: another connection holds its lock for longer than the "
            f"timeout ({reason}); finish that transaction, or give a longer `timeout` to sqlite.connect(), and run the "
            "update again"
        )
    if "no such module: vec0" in reason:
        return SqliteExtensionError(
            f"{what} in the SQLite database {database} needs the sqlite-vec extension, which this connection has not "
            "loaded; open it with sqlite.connect(..., load_vec=True)"
        )
    if any(sign in reason for sign in _UNUSABLE):
        return SqliteConnectionError(f"{what} failed: the SQLite database {database} cannot be used: {reason}")
    is_lost = any(sign in reason for sign in _LOST) and _AFTER_DROP not in reason and not _is_of_another(reason, what)
    kind = SqliteTableLostError if is_lost else SqliteTableError
    return kind(f"{what} in the SQLite database {database} failed: {reason}{_advice(reason, what)}")


def _is_of_another(reason: str, what: str) -> bool:
    """Say whether the missing table is another one, to which a trigger or foreign key of the table refers."""
    match = _MISSING.search(reason)
    return match is not None and repr(match["table"]).lower() not in what.lower()


def _advice(reason: str, what: str) -> str:
    if "readonly" in reason:
        return (
            "; make the file and its folder writable, or give another database; if the file was removed or moved "
            "while it was open, restart the program"
        )
    if "disk is full" in reason:
        return "; free some space, or give another database, and run the update again"
    if _AFTER_DROP in reason:
        return "; drop the index, view or trigger that uses the column, and run the update again"
    if _is_of_another(reason, what):
        return "; a trigger, view or foreign key of the table refers to it: create it, or drop what refers to it"
    if "no such table" in reason:
        return "; run the update again to create and fill it again (with managed_by='user', create it yourself)"
    if "no column named" in reason or "no such column" in reason:
        return "; the table was altered in the meantime; run the update again to repair it"
    if "UPSERT not implemented" in reason:
        return "; a virtual table does not support upserts; declare it with virtual_table_def=Vec0TableDef(...)"
    if "ON CONFLICT clause" in reason:
        return "; the table needs a PRIMARY KEY or UNIQUE constraint on exactly the schema's primary key columns"
    return ""
