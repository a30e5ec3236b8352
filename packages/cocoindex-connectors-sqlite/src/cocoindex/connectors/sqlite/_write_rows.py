"""Writes the rows of a table.

SQLite connector, row layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from cocoindex.connectorkits import shown, sql
from cocoindex.connectorkits.target import ManagedBy

from ._driver import sqlite3
from ._plain_value import StoredValue
from ._replace_rows import replace_rows
from ._row_key import values_of
from ._statements import HAS_TRIGGERS, SELECT_STATEMENT, delete_row, same_row, select_columns, upsert_row
from ._table_record import TableRecord
from ._write_vec0 import vec0_writer
from .errors import SqliteRowError

__all__ = ["TableWriter"]

Row = tuple[StoredValue, ...]

_COLUMN = re.compile(r"constraint failed: .*?\.(?P<a>.+)$|column (?P<b>\w+)")
# vec0 reports an invalid row as an OperationalError, like a failure of the database; only the message distinguishes
# them.
_OF_A_ROW = re.compile(r"column|dimension|vector|primary key|constraint|mismatch|too big", re.IGNORECASE)
_CLAUSE = re.compile(r"\bON\b.*?\bCONFLICT\b", re.IGNORECASE | re.DOTALL)
_OF_THE_TABLE = re.compile(r"no such|no column named|has no column|ON CONFLICT clause|UPSERT", re.IGNORECASE)


class TableWriter(sql.TableWriter):
    """Writes the rows of one table; its statements are generated once."""

    def __init__(self, name: str, record: TableRecord) -> None:
        super().__init__(name, record)
        self.key_columns = len(record.primary_key)
        self._record = record
        self._key_at = tuple(record.stored_columns.index(column) for column in record.primary_key)
        self._delete = delete_row(name, record)
        self._find = select_columns(name, record, ())
        self._write_vec0 = vec0_writer(name, record) if record.vec0 is not None else None
        self._upsert = "" if record.vec0 is not None else upsert_row(name, record)
        self._same = "" if record.vec0 is not None else same_row(name, record)
        # A table created by this connector has no conflict clause.
        self._aborts: bool | None = False if record.managed_by == ManagedBy.SYSTEM else None

    def key_values(self, key: Any) -> Row:
        return values_of(key, self.key_columns)

    def name_of(self, action: sql.RowAction) -> str:
        pairs = zip(self.primary_key, [action.values[at] for at in self._key_at], strict=True)
        return f"({', '.join(f'{name}={shown(value)}' for name, value in pairs)})"

    async def delete(self, session: sqlite3.Connection, keys: Sequence[Row]) -> int | None:
        count: int = session.executemany(self._delete, keys).rowcount
        return None if self._write_vec0 is not None else count

    async def present(self, session: sqlite3.Connection, keys: Sequence[Row]) -> list[int]:
        return self._present(session, keys)

    def _present(self, session: sqlite3.Connection, keys: Sequence[Row]) -> list[int]:
        return [at for at, key in enumerate(keys) if session.execute(self._find, key).fetchone() is not None]

    async def write(self, session: sqlite3.Connection, writes: Sequence[sql.RowAction]) -> None:
        current = _Current(writes)
        try:
            if self._write_vec0 is not None:
                for row in current:
                    self._write_vec0(session, row)
            else:
                self._settle_conflicts(session)
                count = session.executemany(self._upsert, current).rowcount
                self._check_kept(session, writes, count)
        except (sqlite3.Error, OverflowError) as error:
            if current.action is None or not _is_of_a_row(error):
                raise
            if not self._replace(session, writes, error):
                raise self._refused(current.action, error) from error

    def _settle_conflicts(self, session: sqlite3.Connection) -> None:
        """Make a conflict an error, if the table was created by others with a conflict clause such as REPLACE."""
        if self._aborts is None:
            found = session.execute(SELECT_STATEMENT, (self.name,)).fetchone()
            self._aborts = found is not None and _CLAUSE.search(found[0]) is not None
            if self._aborts:
                self._upsert = upsert_row(self.name, self._record, aborts=True)

    def _replace(self, session: sqlite3.Connection, writes: Sequence[sql.RowAction], error: Exception) -> bool:
        """Delete and insert all rows, which helps if they exchange unique values; return whether that succeeded.

        Some rows may be written already. If this does not succeed, the transaction is rolled back.
        """
        if self._write_vec0 is not None or len(writes) < 2 or not str(error).startswith("UNIQUE constraint failed"):
            return False
        try:
            rows = [action.values for action in writes]
            if not replace_rows(session, self.name, self._record, rows, aborts=bool(self._aborts)):
                return False
        except sqlite3.Error:
            return False
        self._check_kept(session, writes, 0)
        return True

    def _check_kept(self, session: sqlite3.Connection, writes: Sequence[sql.RowAction], count: int) -> None:
        """Raise if a trigger prevented that a row was stored, without an error; `count` is how many SQLite wrote."""
        if count < len(writes):
            for action in writes:
                # An equal row that existed before does not count as written.
                if not session.execute(self._same, action.values).fetchone() and not self._is_written(session, action):
                    raise self._dropped(action)
        if session.execute(HAS_TRIGGERS, (self.name,)).fetchone():
            there = set(
                self._present(session, [tuple([action.values[at] for at in self._key_at]) for action in writes])
            )
            for at, action in enumerate(writes):
                if at not in there:
                    raise self._dropped(action)

    def _is_written(self, session: sqlite3.Connection, action: sql.RowAction) -> bool:
        return bool(session.execute(self._upsert, action.values).rowcount)

    def _dropped(self, action: sql.RowAction) -> SqliteRowError:
        return SqliteRowError(
            f"SQLite accepted the row {self.name_of(action)} of the table {self.name!r} without an error, but did not "
            "store it as it was declared: a trigger of the table dropped it, or changed its primary key. Change the "
            "trigger, or do not declare such rows"
        )

    def _refused(self, action: sql.RowAction, error: Exception) -> SqliteRowError:
        match = _COLUMN.search(str(error))
        column = f"column {match['a'] or match['b']!r}: " if match else ""
        row = f"the row {self.name_of(action)} of the table {self.name!r}"
        return SqliteRowError(f"SQLite refuses {row}: {column}{error}")


class _Current:
    """Iterates over rows and remembers the last one; after an error, this is the row that failed."""

    def __init__(self, writes: Sequence[sql.RowAction]) -> None:
        self._writes = writes
        self.action: sql.RowAction | None = None

    def __iter__(self) -> Iterator[Row]:
        for self.action in self._writes:  # noqa: B020
            yield self.action.values


def _is_of_a_row(error: Exception) -> bool:
    if not isinstance(error, sqlite3.OperationalError):
        return True
    return _OF_A_ROW.search(str(error)) is not None and _OF_THE_TABLE.search(str(error)) is None
