"""Bringing tables into shape: the actions of table target states.

Layer: connectorkits. An action looks at what is there first, so that it may be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

from ..table_plan import TableMode
from ._explained import explained, transacted
from ._rows_that_go import RowOfTable
from ._table_mark import Mark, origin_of
from ._type_variables import ActualT, DbT, NameT, RecordT, SessionT
from ._write_rows import delete_rows, present_rows

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ..._runtime.context import ContextProvider
    from ._dialect import Dialect

__all__ = ["TableAction", "TableSink"]

_log = logging.getLogger(__name__)


class TableAction(NamedTuple, Generic[NameT, RecordT]):
    """What to do about one table.

    Args:
        db_key: the name of the context key of the database.
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
    name: NameT
    record: RecordT | None
    mode: TableMode
    made_as: tuple[RecordT, ...]
    takes_over: bool
    adopt: bool
    may_be_missing: bool
    drops: tuple[str, ...] = ()


class TableSink(Generic[DbT, SessionT, NameT, RecordT, ActualT]):
    """Applies the actions of the tables of all databases of one kind."""

    def __init__(self, dialect: Dialect[DbT, SessionT, NameT, RecordT, ActualT]) -> None:
        self._dialect = dialect

    async def apply(
        self, context: ContextProvider, actions: Sequence[TableAction[NameT, RecordT] | RowOfTable]
    ) -> None:
        """Apply the actions, each on a table in a transaction of its own where it changes anything.

        What rows of a table are ours comes ahead of an action that takes them.
        """
        keys: dict[tuple[str, tuple[str, ...]], list[StableKey]] = {}
        for action in actions:
            if isinstance(action, RowOfTable):
                keys.setdefault((action.db_key, action.table), []).append(action.key)
            elif action.mode != "leave":
                ours = keys.pop((action.db_key, self._dialect.key_of_table(action.name)), [])
                await self._apply(context, action, ours)

    async def _apply(
        self, context: ContextProvider, action: TableAction[NameT, RecordT], ours: Sequence[StableKey]
    ) -> None:
        dialect = self._dialect
        db = dialect.database_of(context, action.db_key)
        what = f"{'dropping' if action.mode == 'drop' else 'shaping'} the table {dialect.shown(action.name)}"
        shaping = _Shaping(dialect, db, action, ours, origin_of(context), what)
        if await shaping.is_settled():
            return
        if theirs := await transacted(dialect, db, what, shaping.work):
            _log.warning(
                "%s is no longer declared, but stays, as it contains %s; the app's own rows are deleted, and you can "
                "drop the table",
                dialect.where(db, action.name),
                _foreign_rows(theirs),
            )


def _foreign_rows(count: int) -> str:
    return f"{count} {'row' if count == 1 else 'rows'} that this app is not known to have written"


class _Shaping(Generic[DbT, SessionT, NameT, RecordT, ActualT]):
    """One action."""

    def __init__(
        self,
        dialect: Dialect[DbT, SessionT, NameT, RecordT, ActualT],
        db: DbT,
        action: TableAction[NameT, RecordT],
        ours: Sequence[StableKey],
        origin: str,
        what: str,
    ) -> None:
        self._dialect = dialect
        self._db = db
        self._action = action
        self._name = action.name
        self._ours = ours
        self._origin = origin
        self._what = what
        self._where = dialect.where(db, action.name)

    async def is_settled(self) -> bool:
        """Whether the table is as it should be already: that needs no lock, which somebody else may hold."""
        record, mode = self._action.record, self._action.mode
        if record is None or mode not in ("make", "check", "use"):
            return False
        actual = await transacted(
            self._dialect, self._db, self._what, lambda session: self._inspect(session, record), reads=True
        )
        if actual is None or any(self._dialect.unfit_keys(actual, self._name, record)):
            return False
        if mode != "make":
            return not self._dialect.missing(actual, record)
        folded = self._dialect.folded
        if not _has_mark(actual, record) or any(folded(name) in actual.columns for name in self._action.drops):
            return False
        return not any(self._dialect.differences(actual, self._name, record))

    async def work(self, session: SessionT) -> int:
        """Do it, in a transaction; returns how many rows of others keep a table that goes."""
        record = self._action.record
        with explained(self._dialect, self._db, self._what):
            await self._dialect.lock(session)
            if record is None:
                return await self._drop(session)
            await self._shape(session, record)
            return 0

    async def _inspect(self, session: SessionT, record: RecordT) -> ActualT | None:
        with explained(self._dialect, self._db, self._what):
            await self._dialect.prepare(session, self._name, record)
            return await self._dialect.inspect(session, self._name, record)

    async def _drop(self, session: SessionT) -> int:
        """Drop the table, or only the rows that are ours where there are others."""
        actual = await self._dialect.inspect(session, self._name, self._action.made_as[-1])
        if actual is None or not self._is_ours(actual):
            return 0
        record = self._record_of(actual)
        theirs = await self._foreign_rows(session, actual, record)
        known = self._dialect.as_it_is(actual, record)
        if not theirs:
            await self._dialect.drop(session, self._name)
        elif known is not None:
            writer = self._dialect.writer(self._name, known)
            await delete_rows(self._dialect, session, writer, [writer.key_values(key) for key in self._ours])
        return theirs

    async def _foreign_rows(self, session: SessionT, actual: ActualT, record: RecordT) -> int:
        """How many rows of the table are under none of our keys; `record` tells the primary key that these are of."""
        rows = await self._dialect.count_rows(session, self._name)
        known = self._dialect.as_it_is(actual, record)
        if not rows or known is None:
            return max(0, rows - len(self._ours))
        writer = self._dialect.writer(self._name, known)
        keys = [writer.key_values(key) for key in self._ours]
        return rows - len(await present_rows(self._dialect, session, writer, keys))

    def _record_of(self, actual: ActualT) -> RecordT:
        """Of the records that may tell of the table the one that does, as far as that can be seen."""
        records: list[RecordT] = [*self._action.made_as]
        if self._action.record is not None:
            records.append(self._action.record)
        made_as = self._dialect.is_made_as
        return next((known for known in records if made_as(actual, self._name, known)), records[0])

    def _is_ours(self, actual: ActualT) -> bool:
        return actual.is_table and any(_has_mark(actual, known) for known in self._action.made_as)

    def _takes_over(self, actual: ActualT) -> bool:
        """Whether it is of another declaration in the same store, or of one before the store was lost."""
        mark = actual.mark
        return self._action.takes_over and mark is not None and mark.origin == self._origin != ""

    async def _shape(self, session: SessionT, record: RecordT) -> None:
        actual = await self._inspect(session, record)
        if actual is None:
            await self._make(session, record)
        elif self._action.mode in ("check", "use"):
            self._check(actual, record)
        elif self._is_ours(actual) or self._takes_over(actual):
            await self._bring_into_shape(session, actual, record)
        elif self._action.adopt:
            self._check(actual, record)
        else:
            self._refuse(actual, record)
        made = await self._dialect.inspect(session, self._name, record)
        problems = [] if made is None else list(self._dialect.unfit_keys(made, self._name, record))
        if problems:
            raise self._dialect.errors.schema(f"{self._where} cannot be used: {'; '.join(problems)}")

    def _check(self, actual: ActualT, record: RecordT) -> None:
        missing = self._dialect.missing(actual, record)
        if missing:
            why = "with managed_by='user'" if self._action.mode == "check" else "as this app did not make it"
            raise self._dialect.errors.table(
                f"{self._where} lacks the columns {', '.join(map(repr, missing))}; {why}, add them yourself"
            )

    async def _make(self, session: SessionT, record: RecordT) -> None:
        action, dialect = self._action, self._dialect
        if action.mode == "check":
            raise dialect.errors.table(
                f"there is no {self._where.removeprefix('the ')}, and with managed_by='user' you create it yourself: "
                f"{dialect.create_statement(self._name, record)}"
            )
        if action.mode == "make" and not action.may_be_missing:
            place = dialect.place(self._db)
            gone = f"the table {dialect.shown(self._name)} is gone{f' from {place}' if place else ''}"
            raise dialect.errors.table(
                f"{gone}, dropped by somebody else; run the update again with full_reprocess=True to create and fill "
                "it again"
            )
        await dialect.create(session, self._name, record, Mark(record.mark, self._origin))

    async def _bring_into_shape(self, session: SessionT, actual: ActualT, record: RecordT) -> None:
        dialect, mark = self._dialect, Mark(record.mark, self._origin)
        if self._action.mode == "rebuild" or not (_has_mark(actual, record) or dialect.can_be_marked(actual)):
            await self._refuse_loss(session, actual, record)
            await dialect.make_anew(session, self._name, record, mark)
            return
        found = dialect.differences(actual, self._name, record)
        if found.wrong:
            raise dialect.errors.table(
                f"{self._where} was altered by somebody else while the update ran: {found.why}. Run the update again"
            )
        for name in self._action.drops:
            if dialect.folded(name) in actual.columns:
                await dialect.drop_column(session, self._name, name)
        for name in found.missing:
            await dialect.add_column(session, self._name, record, name)
        if actual.mark != mark:
            await dialect.set_mark(session, self._name, record, mark, actual.mark)

    async def _refuse_loss(self, session: SessionT, actual: ActualT, record: RecordT) -> None:
        """Raise where the table holds more than what it was made with: that would go with it."""
        dialect = self._dialect
        ours = {dialect.folded(name) for known in (*self._action.made_as, record) for name in known.columns}
        theirs = [f"the column {name!r}" for name in actual.columns if name not in ours]
        theirs += await dialect.extras(session, self._name, actual)
        if rows := await self._foreign_rows(session, actual, self._record_of(actual)):
            theirs.append(_foreign_rows(rows))
        if theirs:
            raise dialect.errors.table(
                f"{self._where} has to be created again to match its declaration, and would lose what others added: "
                f"{', '.join(theirs)}. Drop these, or the table, and run the update again; or change the declaration "
                "back (a nullable column is added in place)"
            )

    def _refuse(self, actual: ActualT, record: RecordT) -> None:
        why = self._dialect.differences(actual, self._name, record).why
        unlike = f", and is not as declared: {why}" if why else ""
        advice = "" if why else "; or keep rows in it, and nothing else, with adopt=True"
        both = "" if self._dialect.place(self._db) else " and"  # the words that users of each connector know
        raise self._dialect.errors.table(
            f"{self._where} exists already,{both} is not known to be created by this app{unlike}. Drop or rename it, "
            f"declare another name, or declare it with managed_by='user' and a schema that fits it{advice}"
        )


def _has_mark(actual: Any, record: Any) -> bool:
    return actual.mark is not None and actual.mark.token == record.mark
