"""Bringing tables into shape: the actions of table target states.

Postgres connector, table layer. An action looks at what is there first, so that it may be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import psycopg

import cocoindex as coco
from cocoindex.connectorkits.table_plan import TableMode
from cocoindex.connectorkits.target import ManagedBy
from cocoindex.errors import PostgresTableError

from ._cursor import Connection, execute
from ._driver_errors import describe_unless_passing
from ._extension import ensure_pgvector
from ._identifier import TableName
from ._inspect_table import ActualTable, differences, inspect_table
from ._pool import Pool, in_transaction, pool_of
from ._shaping_lock import lock_shaping
from ._statements import add_column, create_schema, create_table, drop_column, drop_table
from ._table_record import TableRecord

__all__ = ["TableAction", "apply_tables"]


class TableAction(NamedTuple):
    """What to do about one table.

    Args:
        db_key: the name of the context key of the pool.
        name: the table.
        record: how it should be; None where it is no longer wanted.
        mode: `make` it, or `rebuild` it where it is there, `check` what a user made, `drop` it, or `leave` it.
        made_as: the records by which the table is ours; none where it is not.
        may_be_missing: whether it may be that we never made it: one that is there is then ours only if it is as one of
            the records says, and one that is not there may be made without loss.
        drops: columns that are no longer wanted.
    """

    db_key: str
    name: TableName
    record: TableRecord | None
    mode: TableMode
    made_as: tuple[TableRecord, ...]
    may_be_missing: bool
    drops: tuple[str, ...]


async def apply_tables(context: coco.ContextProvider, actions: Sequence[TableAction]) -> None:
    """Apply the actions, each in a transaction of its own."""
    for action in actions:
        if action.mode != "leave":
            await _apply(pool_of(context, action.db_key), action)


async def _apply(pool: Pool, action: TableAction) -> None:
    what = f"{'dropping' if action.mode == 'drop' else 'shaping'} the table {action.name}"

    async def work(connection: Connection) -> None:
        try:
            if not await _is_settled(connection, action):
                await lock_shaping(connection)
                await _shape(connection, action)
        except psycopg.Error as error:
            raise describe_unless_passing(error, what) from error

    await in_transaction(pool, what, work)


async def _is_settled(connection: Connection, action: TableAction) -> bool:
    # What is as it should be needs no lock, which somebody else may hold.
    if action.record is None or action.mode != "make":
        return False
    actual = await _inspect(connection, action.name, action.record)
    if actual is None or any(name in actual.columns for name in action.drops):
        return False
    return not any(differences(actual, action.record))


async def _shape(connection: Connection, action: TableAction) -> None:
    record = action.record
    if record is None:
        if await _is_ours(connection, action):
            await execute(connection, drop_table(action.name))
        return
    actual = await _inspect(connection, action.name, record)
    if action.mode == "check":
        _check(actual, action, record)
    elif actual is None:
        await _make(connection, action, record)
    elif action.mode == "rebuild" and await _is_ours(connection, action):
        await execute(connection, drop_table(action.name))
        await execute(connection, create_table(action.name, record))
    else:
        _refuse_unfit(actual, await _is_ours(connection, action), action, record)
        await _adjust(connection, actual, action, record)


async def _inspect(connection: Connection, name: TableName, record: TableRecord) -> ActualTable | None:
    if record.needs_pgvector and record.managed_by == ManagedBy.SYSTEM:
        await ensure_pgvector(connection, str(name))
    return await inspect_table(connection, name, record)


async def _is_ours(connection: Connection, action: TableAction) -> bool:
    # A first update that failed leaves a record too. What it found in its way must not be taken for what it made.
    for known in action.made_as:
        actual = await inspect_table(connection, action.name, known)
        if actual is None or not actual.is_table:
            return False
        if not action.may_be_missing or not any(differences(actual, known)):
            return True
    return False


def _check(actual: ActualTable | None, action: TableAction, record: TableRecord) -> None:
    if actual is None:
        raise PostgresTableError(
            f"there is no table {action.name}, and with managed_by='user' you make it yourself: "
            f"{create_table(action.name, record).as_string()}"
        )
    missing = [name for name in record.columns if name not in actual.columns]
    if missing:
        raise PostgresTableError(
            f"the table {action.name} lacks the columns {', '.join(map(repr, missing))}; with managed_by='user' you "
            "add them yourself"
        )


async def _make(connection: Connection, action: TableAction, record: TableRecord) -> None:
    if action.mode == "make" and not action.may_be_missing:
        raise PostgresTableError(
            f"the table {action.name} is gone, dropped by somebody else; run the update again with "
            "full_reprocess=True to have it made and filled anew"
        )
    await execute(connection, create_schema(action.name))
    await execute(connection, create_table(action.name, record))


def _refuse_unfit(actual: ActualTable, is_ours: bool, action: TableAction, record: TableRecord) -> None:
    missing, wrong = differences(actual, record)
    if not wrong and (is_ours or not missing):
        return
    why = "; ".join((*wrong, *(f"it has no column {name!r}" for name in missing)))
    if is_ours:
        raise PostgresTableError(
            f"the table {action.name} was altered by somebody else while the update ran: {why}. Run the update again"
        )
    raise PostgresTableError(
        f"the table {action.name} is there already, is not known to be made by this app, and is not as declared: {why}"
        ". Drop or rename it, declare another name, or declare it with managed_by='user' and a schema that fits it"
    )


async def _adjust(connection: Connection, actual: ActualTable, action: TableAction, record: TableRecord) -> None:
    for name in action.drops:
        if name in actual.columns:
            await execute(connection, drop_column(action.name, name))
    for name in differences(actual, record).missing:
        await execute(connection, add_column(action.name, record, name))
