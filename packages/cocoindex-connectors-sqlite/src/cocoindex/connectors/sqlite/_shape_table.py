"""Bringing tables into shape: the actions of table target states.

SQLite connector, table layer. An action looks at what is there first, so that it may be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.table_plan import TableMode
from cocoindex.errors import SqliteTableError

from ._connection import ManagedConnection
from ._driver import sqlite3
from ._driver_errors import describe_failure
from ._identifier import folded
from ._inspect_table import ActualTable, differences, inspect_table
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
        made_as: the records by which the table is ours; none where it is not.
        may_be_missing: whether it may be that we never made it: one that is there is then ours only if it is as one of
            the records says, and one that is not there may be made without loss.
        drops: columns that are no longer wanted.
    """

    db_key: str
    name: str
    record: TableRecord | None
    mode: TableMode
    made_as: tuple[TableRecord, ...]
    may_be_missing: bool
    drops: tuple[str, ...]


def apply_tables(context: coco.ContextProvider, actions: Sequence[TableAction]) -> None:
    """Apply the actions, each in a transaction of its own where it changes anything."""
    for action in actions:
        if action.mode == "leave":
            continue
        connection = context.get(action.db_key, ManagedConnection)
        try:
            if not _is_settled(connection, action):
                with connection.transaction() as transaction:
                    _apply(transaction, action, connection.database)
        except sqlite3.Error as error:
            what = "dropping" if action.mode == "drop" else "shaping"
            raise describe_failure(error, connection.database, f"{what} the table {action.name!r}") from error


def _is_settled(connection: ManagedConnection, action: TableAction) -> bool:
    # What is as it should be needs no write lock, which somebody else may hold.
    if action.record is None or action.mode != "make":
        return False
    with connection.readonly() as reader:
        actual = inspect_table(reader, action.name)
    if actual is None or any(folded(name) in actual.columns for name in action.drops):
        return False
    return not any(differences(actual, action.name, action.record))


def _apply(connection: sqlite3.Connection, action: TableAction, database: str) -> None:
    actual = inspect_table(connection, action.name)
    is_ours = actual is not None and _is_ours(actual, action)
    if action.record is None:
        if is_ours:
            connection.execute(drop_table(action.name))
    elif action.mode == "check":
        _check(actual, action, action.record, database)
    elif actual is None:
        _make(connection, action, action.record, database)
    elif action.mode == "rebuild" and is_ours:
        connection.execute(drop_table(action.name))
        connection.execute(create_table(action.name, action.record))
    else:
        _refuse_unfit(actual, is_ours, action, action.record, database)
        _adjust(connection, actual, action, action.record)


def _is_ours(actual: ActualTable, action: TableAction) -> bool:
    if actual.is_view or not action.may_be_missing:
        return bool(action.made_as) and not actual.is_view
    # A first update that failed leaves a record too. What it found in its way must not be taken for what it made.
    return any(not any(differences(actual, action.name, known)) for known in action.made_as)


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
    if action.mode == "make" and not action.may_be_missing:
        raise SqliteTableError(
            f"the table {action.name!r} is gone from the SQLite database {database}, dropped by somebody else; run the "
            "update again with full_reprocess=True to have it made and filled anew"
        )
    connection.execute(create_table(action.name, record))


def _refuse_unfit(actual: ActualTable, is_ours: bool, action: TableAction, record: TableRecord, database: str) -> None:
    missing, wrong = differences(actual, action.name, record)
    if not wrong and (is_ours or not missing):
        return
    where = f"the table {action.name!r} in the SQLite database {database}"
    why = "; ".join((*wrong, *(f"it has no column {name!r}" for name in missing)))
    if is_ours:
        raise SqliteTableError(
            f"{where} was altered by somebody else while the update ran: {why}. Run the update again"
        )
    raise SqliteTableError(
        f"{where} is there already, is not known to be made by this app, and is not as declared: {why}. Drop or rename "
        "it, declare another name, or declare it with managed_by='user' and a schema that fits it"
    )


def _adjust(connection: sqlite3.Connection, actual: ActualTable, action: TableAction, record: TableRecord) -> None:
    for name in action.drops:
        if folded(name) in actual.columns:
            connection.execute(drop_column(action.name, name))
    for name in differences(actual, action.name, record).missing:
        connection.execute(add_column(action.name, record, name))
