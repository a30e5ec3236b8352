"""Creates, alters and drops tables: the actions of table target states.

Layer: connectorkits. An action first inspects the table, so it can be repeated.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

from ..table_plan import TableMode
from ..target import Applied
from ._explained import explained, transacted
from ._plan_table import moment
from ._rows_that_go import RowOfTable
from ._same_table import lasting_identity
from ._table_mark import Mark, is_of_store, origin_of
from ._type_variables import ActualT, DbT, NameT, RecordT, SessionT
from ._write_rows import delete_rows, present_rows

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ..._runtime.context import ContextProvider
    from ._dialect import Dialect

__all__ = ["TableAction", "TableSink"]

_LEFT = "0"
"""Appended to a table's mark by an app that no longer declares the table."""

_log = logging.getLogger(__name__)


class TableAction(NamedTuple, Generic[NameT, RecordT]):
    """The action on one table.

    Args:
        db_key: the name of the database's context key.
        name: the table.
        record: the record to store; None if the table is no longer declared.
        mode: what to do, as in `TablePlan`.
        made_as: the records of this app's table; a table with the mark of one of them is this app's.
        adopt: whether a table that others created may be used.
        may_be_missing: whether a missing table can be created without loss of rows.
        drops: the columns to drop.
        settled: a list to which the sink appends the final record, for the handler of the rows.
    """

    db_key: str
    name: NameT
    record: RecordT | None
    mode: TableMode
    made_as: tuple[RecordT, ...]
    adopt: bool
    may_be_missing: bool
    drops: tuple[str, ...]
    settled: list[RecordT]


class TableSink(Generic[DbT, SessionT, NameT, RecordT, ActualT]):
    """Applies the actions on the tables of all databases of one kind.

    Attributes:
        made: by mark, the `moment` at which this process created or altered a table.
    """

    def __init__(self, dialect: Dialect[DbT, SessionT, NameT, RecordT, ActualT]) -> None:
        self._dialect = dialect
        self.made: dict[str, int] = {}

    async def apply(
        self, context: ContextProvider, actions: Sequence[TableAction[NameT, RecordT] | RowOfTable]
    ) -> dict[int, Applied[RecordT]]:
        """Apply the actions, each in a transaction of its own if it changes anything.

        The `RowOfTable` items of a table come before the action that uses them.

        Returns:
            By position in `actions`: a record that differs from the planned one, or that the table lost its rows.
        """
        reports: dict[int, Applied[RecordT]] = {}
        keys: dict[tuple[str, tuple[str, ...]], list[StableKey]] = {}
        for at, action in enumerate(actions):
            if isinstance(action, RowOfTable):
                keys.setdefault((action.db_key, action.table), []).append(action.key)
            elif action.mode != "leave":
                ours = keys.pop((action.db_key, self._dialect.key_of_table(action.name)), [])
                report = await self._apply(context, action, ours)
                if report is not None:
                    action.settled.append(report.tracking_record)
                    reports[at] = report
        return reports

    async def _apply(
        self, context: ContextProvider, action: TableAction[NameT, RecordT], ours: Sequence[StableKey]
    ) -> Applied[RecordT] | None:
        dialect = self._dialect
        db = dialect.database_of(context, action.db_key)
        what = (
            f"{'dropping' if action.mode == 'drop' else 'creating or altering'} the table {dialect.shown(action.name)}"
        )
        shaping = _Shaping(dialect, db, action, ours, origin_of(context), what)
        if await shaping.is_settled():
            return shaping.report
        if theirs := await transacted(dialect, db, what, shaping.work):
            _log.warning(
                "%s is no longer declared, but stays, as it contains %s; rows with the app's keys are deleted, and you "
                "can drop the table if no other app keeps rows in it",
                dialect.where(db, action.name),
                _foreign_rows(theirs),
            )
        record = action.record if shaping.report is None else shaping.report.tracking_record
        if record is not None:
            self.made[record.mark] = moment()
        return shaping.report


def _foreign_rows(count: int) -> str:
    return f"{count} {'row' if count == 1 else 'rows'} that this app is not known to have written"


class _Shaping(Generic[DbT, SessionT, NameT, RecordT, ActualT]):
    """The application of one action.

    Attributes:
        report: what to report about the table; None for nothing.
    """

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
        self.report: Applied[RecordT] | None = None

    async def is_settled(self) -> bool:
        """Whether the table is already as it should be. This takes no lock, which others may hold."""
        record, mode = self._action.record, self._action.mode
        if record is None or mode not in ("make", "check", "use"):
            return False
        actual = await transacted(
            self._dialect, self._db, self._what, lambda session: self._look(session, record), reads=True
        )
        if actual is None or any(self._dialect.unfit_keys(actual, self._name, record)):
            return False
        if any(self._dialect.unwritable(actual, self._name, record)):
            return False
        if mode != "make":
            return not self._dialect.missing(actual, record)
        folded = self._dialect.folded
        if not _has_mark(actual, record) or any(folded(name) in actual.columns for name in self._action.drops):
            return False
        return not any(self._dialect.differences(actual, self._name, record))

    async def work(self, session: SessionT) -> int:
        """Apply the action in a transaction; return the number of rows of others because of which a table was kept."""
        record = self._action.record
        with explained(self._dialect, self._db, self._what):
            await self._dialect.lock(session)
            if record is None:
                return await self._drop(session)
            await self._shape(session, record)
            return 0

    async def _look(self, session: SessionT, record: RecordT) -> ActualT | None:
        """Inspect the table, and report if it lost its rows."""
        actual = await self._inspect(session, record)
        if actual is not None and actual.is_table:
            with explained(self._dialect, self._db, self._what):
                is_lossy = not self._action.may_be_missing and await self._dialect.is_empty(session, self._name)
                await self._report(session, actual, record, is_lossy=is_lossy)
        return actual

    async def _report(self, session: SessionT, actual: ActualT, record: RecordT, *, is_lossy: bool) -> None:
        """Report the identity of the table, and the loss of its rows if it is empty or a copy."""
        identity = record.identity
        if self._action.mode in ("make", "rebuild") and actual.identity:
            identity = lasting_identity(await self._dialect.version(self._db, session), actual)
        is_lossy = is_lossy or (bool(record.identity) and record.identity != identity)
        if is_lossy or record != self._action.record or record.identity != identity:
            self.report = Applied(dataclasses.replace(record, identity=identity), "lossy" if is_lossy else None)

    async def _inspect(self, session: SessionT, record: RecordT) -> ActualT | None:
        with explained(self._dialect, self._db, self._what):
            await self._dialect.prepare(session, self._name, record)
            return await self._dialect.inspect(session, self._name, record)

    async def _drop(self, session: SessionT) -> int:
        """Drop the table, or delete only this app's rows if it has others."""
        actual = await self._dialect.inspect(session, self._name, self._action.made_as[-1])
        if actual is None or not (self._is_ours(actual) or self._was_ours(actual)):
            return 0
        record = self._record_of(actual)
        theirs = await self._foreign_rows(session, actual, record)
        known = self._dialect.as_it_is(actual, record)
        if not theirs:
            await self._dialect.drop(session, self._name)
        elif known is not None:
            writer = self._dialect.writer(self._name, known)
            await delete_rows(self._dialect, session, writer, [writer.key_values(key) for key in self._ours])
            await self._tell_others(session, actual, record)
        return theirs

    async def _tell_others(self, session: SessionT, actual: ActualT, record: RecordT) -> None:
        """Change the table's mark: another app of the store that shares it must write rows deleted here again."""
        if actual.mark is not None and self._dialect.can_be_marked(actual):
            mark = Mark(actual.mark.token + _LEFT, actual.mark.origin)
            await self._dialect.set_mark(session, self._name, record, mark, actual.mark)

    async def _foreign_rows(self, session: SessionT, actual: ActualT, record: RecordT) -> int:
        """Return the number of rows that this app's keys do not cover; `record` gives the primary key of these keys."""
        rows = await self._dialect.count_rows(session, self._name)
        known = self._dialect.as_it_is(actual, record)
        if not rows or known is None:
            return rows
        writer = self._dialect.writer(self._name, known)
        keys = [writer.key_values(key) for key in self._ours]
        return rows - len(await present_rows(self._dialect, session, writer, keys))

    def _record_of(self, actual: ActualT) -> RecordT:
        """Return the record with the primary key of the table; the first record if none has it."""
        records: list[RecordT] = [*self._action.made_as]
        if self._action.record is not None:
            records.append(self._action.record)
        made_as = self._dialect.is_made_as
        return next((known for known in records if made_as(actual, self._name, known)), records[0])

    def _is_ours(self, actual: ActualT) -> bool:
        return actual.is_table and any(_has_mark(actual, known) for known in self._action.made_as)

    def _was_ours(self, actual: ActualT) -> bool:
        """Whether the table has a mark of this app that another app, which left the table, has extended since."""
        marks = [known.mark for known in self._action.made_as if known.mark]
        token = "" if actual.mark is None else actual.mark.token
        return actual.is_table and any(token.startswith(mark) and not token[len(mark) :].strip(_LEFT) for mark in marks)

    def _is_shared(self, actual: ActualT) -> bool:
        """Whether an app of the same store created the table, or this app before the store was lost."""
        return actual.is_table and is_of_store(actual.mark, self._origin)

    async def _shape(self, session: SessionT, record: RecordT) -> None:
        actual, is_lossy = await self._inspect(session, record), False
        if actual is None:
            await self._make(session, record)
        elif self._action.mode in ("check", "use"):
            self._check(actual, record)
        elif self._is_ours(actual):
            await self._bring_into_shape(session, actual, record)
        elif actual.mark is not None and self._is_shared(actual):
            is_lossy = bool(self._action.made_as) and actual.mark.token != record.mark
            record = dataclasses.replace(record, mark=actual.mark.token)
            await self._bring_into_shape(session, actual, record)
        elif self._action.adopt:
            self._check(actual, record)
        else:
            self._refuse(actual, record)
        made = await self._dialect.inspect(session, self._name, record)
        if made is not None:
            self._refuse_unfit(made, record)
            await self._report(session, made, dataclasses.replace(record, identity=""), is_lossy=is_lossy)

    def _refuse_unfit(self, actual: ActualT, record: RecordT) -> None:
        """Raise if the rows of the table cannot be identified or written."""
        dialect, name = self._dialect, self._name
        if problems := list(dialect.unfit_keys(actual, name, record)):
            raise dialect.errors.schema(f"{self._where} cannot be used: {'; '.join(problems)}")
        if problems := list(dialect.unwritable(actual, name, record)):
            raise dialect.errors.table(f"rows of {self._where} cannot be written: {'; '.join(problems)}")

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
        """Raise if recreating the table would lose what others added to it."""
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
        both = "" if self._dialect.place(self._db) else " and"  # each connector keeps its established wording
        raise self._dialect.errors.table(
            f"{self._where} exists already,{both} is not known to be created by this app{unlike}. Drop or rename it, "
            f"declare another name, or declare it with managed_by='user' and a schema that fits it{advice}"
        )


def _has_mark(actual: Any, record: Any) -> bool:
    return actual.mark is not None and actual.mark.token == record.mark
