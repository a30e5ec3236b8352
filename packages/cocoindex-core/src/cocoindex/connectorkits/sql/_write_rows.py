"""Writes rows in bulk: one transaction for all rows of a batch, of any tables.

Layer: connectorkits.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

from ._explained import explained
from ._table_writer import RowAction, TableWriter
from ._type_variables import DbT, SessionT

if TYPE_CHECKING:
    from ._dialect import Dialect

__all__ = ["BulkWrite", "RowsRefusedError", "delete_rows", "present_rows"]

_AT_ONCE = 20_000
_PARTS = 32
"""In at most so many parts are rows written if the database ends a statement for all of them."""
_SMALL = 50
"""So many rows are not divided further."""

_log = logging.getLogger(__name__)


class RowsRefusedError(Exception):
    """The database refused a row; which one is searched for in other transactions. Never leaves the kit."""

    def __init__(self, table: _TableRows, error: Exception) -> None:
        super().__init__(table, error)
        self.table = table
        self.error = error


class _TableRows(NamedTuple):
    """The deletes and writes of one table."""

    writer: TableWriter
    deletes: list[Any]
    writes: list[RowAction]


class BulkWrite(Generic[DbT, SessionT]):
    """The actions of one batch on rows of one database.

    Args:
        dialect: the description of the database.
        db: the database object.
        actions: the actions by their positions in the batch of the sink.
    """

    def __init__(
        self, dialect: Dialect[DbT, SessionT, Any, Any, Any], db: DbT, actions: Mapping[int, RowAction]
    ) -> None:
        self._dialect = dialect
        self._db = db
        self._actions = actions
        self._tables = _by_table(actions.values())
        self._replacing: set[TableWriter] = set()

    @property
    def what(self) -> str:
        """The name of the operation, for messages."""
        return (
            f"writing rows of {', '.join(sorted({self._dialect.shown(table.writer.name) for table in self._tables}))}"
        )

    async def apply(self, session: SessionT) -> set[int]:
        """Apply the actions, in the transaction of the session.

        Returns:
            The positions of the rows with `RowAction.asks` that existed before.

        Raises:
            the `errors.lost`: a table was dropped or replaced.
            the `errors.row`: the database refuses a row; the message names it.
            RowsRefusedError: the same, if the row has to be searched for in separate transactions.
        """
        for table in self._tables:
            with self._explained("writing", table.writer):
                await table.writer.check_table(self._dialect, self._db, session)
        were_there = await self._were_there(session)
        # Deletes come first: a row that moved to another key may keep its unique values.
        for table in self._tables:
            if table.deletes:
                with self._explained("deleting", table.writer):
                    await delete_rows(self._dialect, session, table.writer, table.deletes)
        for table in self._tables:
            if table.writes:
                await self._write(session, table)
        return were_there

    def may_replace(self, refused: RowsRefusedError) -> bool:
        """Whether to apply the batch again, with `TableWriter.replace` for the refused table; once per table."""
        writer = refused.table.writer
        if writer in self._replacing or not self._dialect.is_of_unique(refused.error):
            return False
        self._replacing.add(writer)
        return True

    async def culprit(self, table: _TableRows, error: Exception) -> Exception:
        """Find the refused row of a table by writing parts of the batch, in transactions that are rolled back.

        Returns:
            The exception to raise, which names the row.
        """
        low, high = 0, len(table.writes)  # the first `low` rows are accepted, the first `high` are refused
        while high - low > 1:
            middle = (low + high) // 2
            found = await self._try(table, table.writes[:middle])
            if found is None:
                low = middle
            else:
                high, error = middle, found
        return self._refusal(table.writer, table.writes[high - 1], error)

    async def _try(self, table: _TableRows, writes: Sequence[RowAction]) -> Exception | None:
        async def work(session: SessionT) -> None:
            for each in self._tables:
                if each.deletes:
                    await delete_rows(self._dialect, session, each.writer, each.deletes)
            await table.writer.write(session, writes)
            raise _UndoError

        try:
            await self._dialect.transact(self._db, self.what, work)
        except _UndoError:
            return None
        except self._dialect.driver_error as error:
            return error
        return None

    def _explained(self, doing: str, writer: TableWriter) -> Any:
        what = f"{doing} rows of the table {self._dialect.shown(writer.name)}"
        return explained(self._dialect, self._db, what)

    async def _were_there(self, session: SessionT) -> set[int]:
        asking: dict[TableWriter, list[int]] = {}
        for at, action in self._actions.items():
            if action.asks is not None:
                asking.setdefault(action.writer, []).append(at)
        found: set[int] = set()
        for writer, places in asking.items():
            keys = [writer.key_values(self._actions[at].key) for at in places]
            with self._explained("looking for", writer):
                found.update(places[at] for at in await present_rows(self._dialect, session, writer, keys))
        return found

    async def _write(self, session: SessionT, table: _TableRows) -> None:
        """Write the rows of a table, in parts if the database ends statements for more."""
        writer, writes = table.writer, table.writes
        at_once, least = writer.at_once, _least_part(writes)
        with self._explained("writing", writer):
            while writes:
                part = writes[: writer.at_once]
                try:
                    if await self._write_part(session, table, part):
                        return
                except self._dialect.driver_error as error:
                    if len(part) <= least or not await self._dialect.is_too_much(session, error):
                        writer.at_once = at_once
                        raise
                    writer.at_once = len(part) // 2
                else:
                    writes = writes[len(part) :]

    async def _write_part(self, session: SessionT, table: _TableRows, writes: Sequence[RowAction]) -> bool:
        """Write some rows of a table; return whether all of them were written, as they exchange unique values."""
        dialect, writer = self._dialect, table.writer
        try:
            async with dialect.savepoint(session):
                if writer in self._replacing and await writer.replace(session, table.writes):
                    return True
                await writer.write(session, writes)
        except dialect.driver_error as error:
            if not dialect.is_of_a_row(error):
                raise
            if dialect.is_of_unique(error) and await self._replaced(session, table):
                return True
            if not dialect.has_savepoints:
                raise RowsRefusedError(table, error) from error
            raise await self._culprit_in_savepoints(session, writer, writes, error) from error
        return False

    async def _replaced(self, session: SessionT, table: _TableRows) -> bool:
        dialect = self._dialect
        if not dialect.has_savepoints:
            return False
        try:
            async with dialect.savepoint(session):
                return await table.writer.replace(session, table.writes)
        except dialect.driver_error as error:
            if not dialect.is_of_a_row(error):
                raise
            return False

    async def _culprit_in_savepoints(
        self, session: SessionT, writer: TableWriter, writes: Sequence[RowAction], error: Exception
    ) -> Exception:
        """Find the refused row with savepoints; the rows before it are written. The caller rolls all of this back."""
        dialect = self._dialect
        while len(writes) > 1:
            first, second = writes[: len(writes) // 2], writes[len(writes) // 2 :]
            try:
                async with dialect.savepoint(session):
                    await writer.write(session, first)
                writes = second
            except dialect.driver_error as found:
                if not dialect.is_of_a_row(found):
                    raise
                writes, error = first, found
        try:
            return self._refusal(writer, writes[0], error)
        finally:
            del error, writes  # the traceback refers to this frame

    def _refusal(self, writer: TableWriter, action: RowAction, error: Exception) -> Exception:
        refused = self._dialect.errors.row(
            f"{self._dialect.types.title} refuses the row {writer.name_of(action)} of the table "
            f"{self._dialect.shown(writer.name)}: {self._dialect.reason(error)}"
        )
        refused.__cause__ = error
        return refused


class _UndoError(Exception):
    """Rolls a transaction back."""


def _by_table(actions: Iterable[RowAction]) -> list[_TableRows]:
    tables: dict[TableWriter, _TableRows] = {}
    for action in actions:
        table = tables.get(action.writer)
        if table is None:
            table = tables[action.writer] = _TableRows(action.writer, [], [])
        if action.values is None:
            table.deletes.append(action.key)
        else:
            table.writes.append(action)
    return list(tables.values())


async def delete_rows(
    dialect: Dialect[Any, SessionT, Any, Any, Any], session: SessionT, writer: TableWriter, keys: Sequence[Any]
) -> None:
    """Delete the rows with these primary key values; no row has a key that the database cannot read."""
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        await _delete(dialect, session, writer, some, _least_part(some))


async def _delete(
    dialect: Dialect[Any, SessionT, Any, Any, Any],
    session: SessionT,
    writer: TableWriter,
    keys: Sequence[Any],
    least: int,
) -> None:
    try:
        async with dialect.savepoint(session):
            deleted = await writer.delete(session, keys)
            if deleted is not None and deleted < len(keys) and (kept := await writer.present(session, keys)):
                _tell_of_kept(dialect, writer, len(kept))
    except dialect.driver_error as error:
        if not (dialect.is_of_a_key(error) or (len(keys) > least and await dialect.is_too_much(session, error))):
            raise
        if len(keys) > 1:
            middle = len(keys) // 2
            await _delete(dialect, session, writer, keys[:middle], least)
            await _delete(dialect, session, writer, keys[middle:], least)


def _least_part(rows: Sequence[Any]) -> int:
    return max(_SMALL, len(rows) // _PARTS)


def _tell_of_kept(dialect: Dialect[Any, Any, Any, Any, Any], writer: TableWriter, count: int) -> None:
    if not writer.has_told_of_kept:
        writer.has_told_of_kept = True
        _log.warning(
            "the table %s still has %d of the rows that were deleted from it without an error: a trigger, rule or "
            "policy of the table keeps them. The app does not know these rows any more",
            dialect.shown(writer.name),
            count,
        )


async def present_rows(
    dialect: Dialect[Any, SessionT, Any, Any, Any], session: SessionT, writer: TableWriter, keys: Sequence[Any]
) -> list[int]:
    """Return the positions in `keys`, primary key values, for which the table has a row; unreadable keys have none."""
    found: list[int] = []
    for start in range(0, len(keys), _AT_ONCE):
        found += [start + at for at in await _present(dialect, session, writer, keys[start : start + _AT_ONCE])]
    return found


async def _present(
    dialect: Dialect[Any, SessionT, Any, Any, Any], session: SessionT, writer: TableWriter, keys: Sequence[Any]
) -> list[int]:
    try:
        async with dialect.savepoint(session):
            return list(await writer.present(session, keys))
    except dialect.driver_error as error:
        if not dialect.is_of_a_key(error):
            raise
        if len(keys) == 1:
            return []
        middle = len(keys) // 2
        first = await _present(dialect, session, writer, keys[:middle])
        return first + [middle + at for at in await _present(dialect, session, writer, keys[middle:])]
