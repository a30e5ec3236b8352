"""Bringing tables into shape: the actions of table target states.

Postgres connector, table layer. An action looks at what is there first, so that it may be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

import psycopg

import cocoindex as coco
from cocoindex.connectorkits.table_plan import TableMode
from cocoindex.connectorkits.target import ManagedBy

from ._cursor import Connection, execute
from ._driver_errors import describe_unless_passing
from ._extension import ensure_pgvector
from ._foreign_objects import foreign_objects
from ._identifier import TableName
from ._inspect_table import ActualTable, differences, inspect_table, unfit_keys
from ._pool import Pool, in_transaction, pool_of
from ._rows_that_go import RowOfTable, count_foreign_rows, delete_own_rows
from ._shaping_lock import lock_shaping
from ._statements import add_column, create_schema, create_table, drop_column, drop_table
from ._table_mark import Mark, mark_table, origin_of
from ._table_record import TableRecord
from .errors import PostgresSchemaError, PostgresTableError

__all__ = ["TableAction", "apply_tables"]

_log = logging.getLogger(__name__)


class TableAction(NamedTuple):
    """What to do about one table.

    Args:
        db_key: the name of the context key of the pool.
        name: the table.
        record: what is remembered of it; None where it is no longer wanted.
        mode: what to do, as `TablePlan` says.
        made_as: the records by which the table is ours, where it has the mark of one.
        takes_over: whether a table that an app of the same store made may become ours.
        adopt: whether a table that others made may be used.
        may_be_missing: whether a table that is not there may be made without loss.
        drops: columns that are no longer wanted.
    """

    db_key: str
    name: TableName
    record: TableRecord | None
    mode: TableMode
    made_as: tuple[TableRecord, ...]
    takes_over: bool
    adopt: bool
    may_be_missing: bool
    drops: tuple[str, ...]


async def apply_tables(context: coco.ContextProvider, actions: Sequence[TableAction | RowOfTable]) -> None:
    """Apply the actions, each on a table in a transaction of its own; what rows of it are ours comes ahead of it."""
    keys: dict[tuple[str, TableName], list[coco.StableKey]] = {}
    for action in actions:
        if isinstance(action, RowOfTable):
            keys.setdefault((action.db_key, action.name), []).append(action.key)
        elif action.mode != "leave":
            ours = keys.pop((action.db_key, action.name), [])
            await _apply(pool_of(context, action.db_key), action, ours, origin_of(context))


async def _apply(pool: Pool, action: TableAction, ours: Sequence[coco.StableKey], origin: str) -> None:
    what = f"{'dropping' if action.mode == 'drop' else 'shaping'} the table {action.name}"

    async def work(connection: Connection) -> int:
        try:
            if await _is_settled(connection, action):
                return 0
            await lock_shaping(connection)
            if action.record is None:
                return await _drop(connection, action, ours)
            await _shape(connection, action, action.record, ours, origin)
            return 0
        except psycopg.Error as error:
            raise describe_unless_passing(error, what) from error

    if theirs := await in_transaction(pool, what, work):
        _log.warning(
            "the table %s is no longer declared, and stays with %s; those that it wrote are deleted, and the table is "
            "yours to drop",
            action.name,
            _foreign_rows(theirs),
        )


async def _is_settled(connection: Connection, action: TableAction) -> bool:
    # What is as it should be needs no lock, which somebody else may hold.
    if action.record is None or action.mode != "make":
        return False
    actual = await _inspect(connection, action.name, action.record)
    if actual is None or not _has_mark(actual, action.record) or any(name in actual.columns for name in action.drops):
        return False
    return not any(differences(actual, action.record)) and not any(unfit_keys(actual, action.record))


async def _drop(connection: Connection, action: TableAction, ours: Sequence[coco.StableKey]) -> int:
    """Drop the table, or only the rows that are ours where there are others; returns how many these are."""
    actual = await inspect_table(connection, action.name, action.made_as[-1])
    if actual is None or not _is_ours(actual, action):
        return 0
    record = _record_of(actual, action)
    theirs = await count_foreign_rows(connection, action.name, actual, record, ours)
    if theirs:
        await delete_own_rows(connection, action.name, actual, record, ours)
    else:
        await execute(connection, drop_table(action.name))
    return theirs


async def _shape(
    connection: Connection, action: TableAction, record: TableRecord, ours: Sequence[coco.StableKey], origin: str
) -> None:
    actual = await _inspect(connection, action.name, record)
    if actual is None:
        await _make(connection, action, record, origin)
    elif action.mode in ("check", "use"):
        _check(actual, action, record)
    elif _is_ours(actual, action):
        await _bring_into_shape(connection, actual, action, record, ours, origin)
    elif action.takes_over and actual.mark is not None and actual.mark.origin == origin != "":
        # Of another declaration in the same store, or of one before the store was lost.
        await _bring_into_shape(connection, actual, action, record, ours, origin)
    elif action.adopt:
        _check(actual, action, record)
    else:
        _refuse(actual, action, record)
    await _check_keys(connection, action, record)


async def _inspect(connection: Connection, name: TableName, record: TableRecord) -> ActualTable | None:
    if record.needs_pgvector and record.managed_by == ManagedBy.SYSTEM:
        await ensure_pgvector(connection, str(name))
    return await inspect_table(connection, name, record)


def _is_ours(actual: ActualTable, action: TableAction) -> bool:
    return actual.is_table and any(_has_mark(actual, known) for known in action.made_as)


def _has_mark(actual: ActualTable, record: TableRecord) -> bool:
    return actual.mark is not None and actual.mark.token == record.mark


def _record_of(actual: ActualTable, action: TableAction) -> TableRecord:
    """Of the records that may tell of the table the one that does, as far as its primary key tells."""
    records: list[TableRecord] = [*action.made_as]
    if action.record is not None:
        records.append(action.record)
    return next((known for known in records if known.primary_key == actual.primary_key), records[0])


def _foreign_rows(count: int) -> str:
    return f"{count} {'row' if count == 1 else 'rows'} that this app is not known to have written"


def _check(actual: ActualTable, action: TableAction, record: TableRecord) -> None:
    missing = [name for name in record.columns if name not in actual.columns]
    if missing:
        why = "with managed_by='user'" if action.mode == "check" else "as this app did not make it"
        raise PostgresTableError(
            f"the table {action.name} lacks the columns {', '.join(map(repr, missing))}; {why} you add them yourself"
        )


async def _check_keys(connection: Connection, action: TableAction, record: TableRecord) -> None:
    actual = await inspect_table(connection, action.name, record)
    problems = [] if actual is None else list(unfit_keys(actual, record))
    if problems:
        raise PostgresSchemaError(f"the table {action.name} cannot be used: {'; '.join(problems)}")


async def _make(connection: Connection, action: TableAction, record: TableRecord, origin: str) -> None:
    if action.mode == "check":
        raise PostgresTableError(
            f"there is no table {action.name}, and with managed_by='user' you make it yourself: "
            f"{create_table(action.name, record).as_string()}"
        )
    if action.mode == "make" and not action.may_be_missing:
        raise PostgresTableError(
            f"the table {action.name} is gone, dropped by somebody else; run the update again with "
            "full_reprocess=True to have it made and filled anew"
        )
    if not await execute(connection, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", (action.name.schema,)):
        await execute(connection, create_schema(action.name))
    await execute(connection, create_table(action.name, record))
    await execute(connection, mark_table(action.name, Mark(record.mark, origin)))


async def _bring_into_shape(
    connection: Connection,
    actual: ActualTable,
    action: TableAction,
    record: TableRecord,
    ours: Sequence[coco.StableKey],
    origin: str,
) -> None:
    if action.mode == "rebuild":
        await _refuse_loss(connection, actual, action, record, ours)
        await execute(connection, drop_table(action.name))
        await execute(connection, create_table(action.name, record))
    else:
        missing, wrong = differences(actual, record)
        if wrong:
            why = "; ".join((*wrong, *(f"it has no column {name!r}" for name in missing)))
            raise PostgresTableError(
                f"the table {action.name} was altered by somebody else while the update ran: {why}. Run the update "
                "again"
            )
        await _adjust(connection, actual, action, record)
    await execute(connection, mark_table(action.name, Mark(record.mark, origin)))


async def _refuse_loss(
    connection: Connection,
    actual: ActualTable,
    action: TableAction,
    record: TableRecord,
    keys: Sequence[coco.StableKey],
) -> None:
    """Raise where the table holds more than what it was made with: that would go with it."""
    ours = {name for known in (*action.made_as, record) for name in known.columns}
    theirs = [f"the column {name!r}" for name in actual.columns if name not in ours]
    theirs += [str(found) for found in await foreign_objects(connection, action.name)]
    if rows := await count_foreign_rows(connection, action.name, actual, _record_of(actual, action), keys):
        theirs.append(_foreign_rows(rows))
    if theirs:
        raise PostgresTableError(
            f"the table {action.name} has to be made anew to be as declared, by which it would lose what others added: "
            f"{', '.join(theirs)}. Drop these, or the table, and run the update again; or change the declaration back "
            "(a nullable column is added in place)"
        )


def _refuse(actual: ActualTable, action: TableAction, record: TableRecord) -> None:
    missing, wrong = differences(actual, record)
    why = "; ".join((*wrong, *(f"it has no column {name!r}" for name in missing)))
    unlike = f", and is not as declared: {why}" if why else ""
    advice = "" if why else "; or keep rows in it, and nothing else, with adopt=True"
    raise PostgresTableError(
        f"the table {action.name} is there already, and is not known to be made by this app{unlike}. Drop or rename "
        f"it, declare another name, or declare it with managed_by='user' and a schema that fits it{advice}"
    )


async def _adjust(connection: Connection, actual: ActualTable, action: TableAction, record: TableRecord) -> None:
    for name in action.drops:
        if name in actual.columns:
            await execute(connection, drop_column(action.name, name))
    for name in differences(actual, record).missing:
        await execute(connection, add_column(action.name, record, name))
