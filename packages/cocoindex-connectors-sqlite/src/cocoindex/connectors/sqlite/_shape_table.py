"""Bringing tables into shape: the actions of table target states.

SQLite connector, table layer. An action looks at what is there first, so that it may be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cocoindex as coco
from cocoindex.errors import SqliteTableError

from ._connection import ManagedConnection
from ._driver import sqlite3
from ._driver_errors import describe_failure
from ._identifier import folded
from ._inspect_table import ActualTable, differences, inspect_table
from ._plan_table import Mode
from ._statements import add_column, create_table, drop_column, drop_table
from ._table_record import TableRecord

__all__ = ["TableAction", "apply_tables"]


class TableAction(NamedTuple):
    """What to do about one table.

    Args:
        db_key: the name of the context key of the connection.
        name: the table.
        record: how it should be; None where it is no longer wanted.
        mode: `make` it, or `rebuild` it where it is there, `check` what a user made, `drop` it, or `leave` it.
        is_ours: whether records say that we made the table that may be there.
        may_make: whether a missing table may be made without rows that are thought to be there getting lost.
        drops: columns that are no longer wanted.
    """

    db_key: str
    name: str
    record: TableRecord | None
    mode: Mode
    is_ours: bool
    may_make: bool
    drops: tuple[str, ...]


def apply_tables(context: coco.ContextProvider, actions: Sequence[TableAction]) -> None:
    """Apply the actions, each in a transaction of its own."""
    for action in actions:
        if action.mode == "leave":
            continue
        connection = context.get(action.db_key, ManagedConnection)
        try:
            with connection.transaction() as transaction:
                _apply(transaction, action, connection.database)
        except sqlite3.Error as error:
            what = "dropping" if action.mode == "drop" else "shaping"
            raise describe_failure(error, connection.database, f"{what} the table {action.name!r}") from error


def _apply(connection: sqlite3.Connection, action: TableAction, database: str) -> None:
    if action.record is None:
        connection.execute(drop_table(action.name))
        return
    actual = inspect_table(connection, action.name)
    if action.mode == "check":
        _check(actual, action, action.record, database)
    elif actual is None:
        _make(connection, action, action.record, database)
    elif action.mode == "rebuild" and not actual.is_view:
        connection.execute(drop_table(action.name))
        connection.execute(create_table(action.name, action.record))
    else:
        _adjust(connection, actual, action, action.record, database)


def _check(actual: ActualTable | None, action: TableAction, record: TableRecord, database: str) -> None:
    if actual is None:
        raise SqliteTableError(
            f"there is no table {action.name!r} in the SQLite database {database}, and with managed_by='user' you make "
            f"it yourself: {create_table(action.name, record)}"
        )
    missing = [name for name in record.columns if folded(name) not in actual.columns]
    if missing and not actual.is_virtual:
        raise SqliteTableError(
            f"the table {action.name!r} in the SQLite database {database} lacks the columns "
            f"{', '.join(map(repr, missing))}; with managed_by='user' you add them yourself"
        )


def _make(connection: sqlite3.Connection, action: TableAction, record: TableRecord, database: str) -> None:
    if action.mode == "make" and not action.may_make:
        raise SqliteTableError(
            f"the table {action.name!r} is gone from the SQLite database {database}, dropped by somebody else; run the "
            "update again with full_reprocess=True to have it made and filled anew"
        )
    connection.execute(create_table(action.name, record))


def _adjust(
    connection: sqlite3.Connection, actual: ActualTable, action: TableAction, record: TableRecord, database: str
) -> None:
    missing, wrong = differences(actual, action.name, record)
    if wrong or (missing and not action.is_ours):
        raise SqliteTableError(_unfit(action, database, (*wrong, *(f"it has no column {name!r}" for name in missing))))
    for name in action.drops:
        if folded(name) in actual.columns:
            connection.execute(drop_column(action.name, name))
    for name in missing:
        connection.execute(add_column(action.name, record, name))


def _unfit(action: TableAction, database: str, reasons: Sequence[str]) -> str:
    where = f"the table {action.name!r} in the SQLite database {database}"
    why = "; ".join(reasons)
    if action.is_ours:
        return f"{where} was altered by somebody else while the update ran: {why}. Run the update again"
    return (
        f"{where} is there already, was not made by this app, and is not as declared: {why}. Drop or rename it, "
        "declare another name, or declare it with managed_by='user' and a schema that fits it"
    )
