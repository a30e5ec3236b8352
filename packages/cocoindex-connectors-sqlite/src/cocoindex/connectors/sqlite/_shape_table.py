"""Bringing tables into shape: the actions of table target states.

SQLite connector, table layer. An action looks at what is there first, so that it may be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.table_plan import TableMode

from ._connection import ManagedConnection
from ._driver import sqlite3
from ._driver_errors import describe_failure
from ._identifier import folded
from ._inspect_table import ActualTable, differences, inspect_table, unfit_keys
from ._rows_that_go import RowOfTable, count_foreign_rows, delete_own_rows
from ._statements import add_column, create_mark, create_table, drop_column, drop_mark, drop_table
from ._table_mark import Mark, origin_of
from ._table_record import TableRecord
from .errors import SqliteSchemaError, SqliteTableError

__all__ = ["TableAction", "apply_tables"]

_log = logging.getLogger(__name__)


class TableAction(NamedTuple):
    """What to do about one table.

    Args:
        db_key: the name of the context key of the connection.
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
    name: str
    record: TableRecord | None
    mode: TableMode
    made_as: tuple[TableRecord, ...]
    takes_over: bool
    adopt: bool
    may_be_missing: bool
    drops: tuple[str, ...]

    @property
    def takes_rows(self) -> bool:
        """Whether the rows of the table go with it."""
        return self.mode in ("drop", "rebuild")


def apply_tables(context: coco.ContextProvider, actions: Sequence[TableAction | RowOfTable]) -> None:
    """Apply the actions, each on a table in a transaction of its own where it changes anything.

    What rows of a table are ours comes ahead of an action that takes them.
    """
    keys: dict[tuple[str, str], list[coco.StableKey]] = {}
    for action in actions:
        if isinstance(action, RowOfTable):
            keys.setdefault((action.db_key, action.name), []).append(action.key)
        elif action.mode != "leave":
            _apply(context, action, keys.pop((action.db_key, folded(action.name)), []))


def _apply(context: coco.ContextProvider, action: TableAction, ours: Sequence[coco.StableKey]) -> None:
    connection = context.get(action.db_key, ManagedConnection)
    theirs = 0
    try:
        if not _is_settled(connection, action):
            with connection.transaction() as transaction:
                shaping = _Shaping(transaction, action, ours, connection.database, origin_of(context))
                theirs = shaping.drop() if action.record is None else shaping.apply(action.record)
    except sqlite3.Error as error:
        what = "dropping" if action.mode == "drop" else "shaping"
        raise describe_failure(error, connection.database, f"{what} the table {action.name!r}") from error
    if theirs:
        _log.warning(
            "the table %r in the SQLite database %s is no longer declared, and stays with %s; those that it wrote are "
            "deleted, and the table is yours to drop",
            action.name,
            connection.database,
            _foreign_rows(theirs),
        )


def _is_settled(connection: ManagedConnection, action: TableAction) -> bool:
    # What is as it should be needs no write lock, which somebody else may hold.
    record = action.record
    if record is None or action.mode not in ("make", "check", "use"):
        return False
    with connection.readonly() as reader:
        actual = inspect_table(reader, action.name)
    if actual is None or any(unfit_keys(actual, action.name, record)):
        return False
    if action.mode != "make":
        return actual.is_virtual or not _missing(actual, record)
    if not _has_mark(actual, record) or any(folded(name) in actual.columns for name in action.drops):
        return False
    return not any(differences(actual, action.name, record))


def _has_mark(actual: ActualTable, record: TableRecord) -> bool:
    return actual.mark is not None and actual.mark.token == record.mark


def _missing(actual: ActualTable, record: TableRecord) -> list[str]:
    return [name for name in record.columns if folded(name) not in actual.columns]


def _foreign_rows(count: int) -> str:
    return f"{count} {'row' if count == 1 else 'rows'} that this app is not known to have written"


class _Shaping:
    """One action, inside a transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        action: TableAction,
        ours: Sequence[coco.StableKey],
        database: str,
        origin: str,
    ) -> None:
        self._connection = connection
        self._action = action
        self._ours = ours
        self._name = action.name
        self._where = f"the table {action.name!r} in the SQLite database {database}"
        self._database = database
        self._origin = origin

    def drop(self) -> int:
        """Drop the table, or only the rows that are ours where there are others; returns how many these are."""
        actual = inspect_table(self._connection, self._name)
        if actual is None or not self._is_ours(actual):
            return 0
        record = self._record_of(actual)
        theirs = count_foreign_rows(self._connection, self._name, actual, record, self._ours)
        if theirs:
            delete_own_rows(self._connection, self._name, actual, record, self._ours)
        else:
            self._connection.execute(drop_table(self._name))
        return theirs

    def _record_of(self, actual: ActualTable) -> TableRecord:
        """Of the records that may tell of the table the one that does, as far as that can be seen."""
        records = list(self._action.made_as)
        if self._action.record is not None:
            records.append(self._action.record)
        if actual.is_virtual:
            return next((known for known in records if not any(differences(actual, self._name, known))), records[0])
        by_position = sorted((column.key_position, name) for name, column in actual.columns.items())
        key = [name for position, name in by_position if position]
        return next((known for known in records if [*map(folded, known.primary_key)] == key), records[0])

    def apply(self, record: TableRecord) -> int:
        """Have the table be as it was declared."""
        action = self._action
        actual = inspect_table(self._connection, self._name)
        if actual is None:
            self._make(record)
        elif action.mode in ("check", "use"):
            self._check(actual, record)
        elif self._is_ours(actual) or self._takes_over(actual):
            self._bring_into_shape(actual, record)
        elif action.adopt:
            self._check(actual, record)
        else:
            self._refuse(actual, record)
        actual = inspect_table(self._connection, self._name)
        problems = [] if actual is None else list(unfit_keys(actual, self._name, record))
        if problems:
            raise SqliteSchemaError(f"{self._where} cannot be used: {'; '.join(problems)}")
        return 0

    def _is_ours(self, actual: ActualTable) -> bool:
        return not actual.is_view and any(_has_mark(actual, known) for known in self._action.made_as)

    def _takes_over(self, actual: ActualTable) -> bool:
        """Whether it is of another declaration in the same store, or of one before the store was lost."""
        mark = actual.mark
        return self._action.takes_over and mark is not None and mark.origin == self._origin != ""

    def _check(self, actual: ActualTable, record: TableRecord) -> None:
        missing = _missing(actual, record)
        if missing and not actual.is_virtual:
            why = "with managed_by='user'" if self._action.mode == "check" else "as this app did not make it"
            raise SqliteTableError(
                f"{self._where} lacks the columns {', '.join(map(repr, missing))}; {why} you add them yourself"
            )

    def _make(self, record: TableRecord) -> None:
        action = self._action
        if action.mode == "check":
            raise SqliteTableError(
                f"there is no table {self._name!r} in the SQLite database {self._database}, and with managed_by='user' "
                f"you make it yourself: {create_table(self._name, record)}"
            )
        if action.mode == "make" and not action.may_be_missing:
            raise SqliteTableError(
                f"the table {self._name!r} is gone from the SQLite database {self._database}, dropped by somebody "
                "else; run the update again with full_reprocess=True to have it made and filled anew"
            )
        self._create(record)

    def _create(self, record: TableRecord) -> None:
        mark = Mark(record.mark, self._origin)
        self._connection.execute(create_table(self._name, record, mark))
        if record.vec0 is None:
            self._connection.execute(create_mark(self._name, record, mark))

    def _bring_into_shape(self, actual: ActualTable, record: TableRecord) -> None:
        if self._action.mode == "rebuild" or (actual.is_virtual and not _has_mark(actual, record)):
            self._refuse_loss(actual, record)
            self._connection.execute(drop_table(self._name))
            self._create(record)
            return
        missing, wrong = differences(actual, self._name, record)
        if wrong:
            why = "; ".join((*wrong, *(f"it has no column {name!r}" for name in missing)))
            raise SqliteTableError(
                f"{self._where} was altered by somebody else while the update ran: {why}. Run the update again"
            )
        for name in self._action.drops:
            if folded(name) in actual.columns:
                self._connection.execute(drop_column(self._name, name))
        for name in differences(actual, self._name, record).missing:
            self._connection.execute(add_column(self._name, record, name))
        if actual.mark is not None and not _has_mark(actual, record):
            self._connection.execute(drop_mark(actual.mark))
            self._connection.execute(create_mark(self._name, record, Mark(record.mark, self._origin)))

    def _refuse_loss(self, actual: ActualTable, record: TableRecord) -> None:
        """Raise where the table holds more than what it was made with: that would go with it."""
        ours = {folded(name) for known in (*self._action.made_as, record) for name in known.columns}
        theirs = [*(f"the column {name!r}" for name in actual.columns if name not in ours), *actual.extras]
        known = self._record_of(actual)
        if rows := count_foreign_rows(self._connection, self._name, actual, known, self._ours):
            theirs.append(_foreign_rows(rows))
        if theirs:
            raise SqliteTableError(
                f"{self._where} has to be made anew to be as declared, by which it would lose what others added: "
                f"{', '.join(theirs)}. Drop these, or the table, and run the update again; or change the declaration "
                "back (a nullable column is added in place)"
            )

    def _refuse(self, actual: ActualTable, record: TableRecord) -> None:
        missing, wrong = differences(actual, self._name, record)
        why = "; ".join((*wrong, *(f"it has no column {name!r}" for name in missing)))
        unlike = f", and is not as declared: {why}" if why else ""
        advice = "" if why else "; or keep rows in it, and nothing else, with adopt=True"
        raise SqliteTableError(
            f"{self._where} is there already, is not known to be made by this app{unlike}. Drop or rename it, declare "
            f"another name, or declare it with managed_by='user' and a schema that fits it{advice}"
        )
