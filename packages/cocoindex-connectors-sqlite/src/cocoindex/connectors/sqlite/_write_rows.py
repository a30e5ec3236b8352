"""Writing rows in bulk: one transaction for all the rows that come together, whatever tables they are of.

SQLite connector, row layer.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.connectorkits.row_plan import record_of_row
from cocoindex.connectorkits.target import Applied
from cocoindex.errors import CocoIndexError

from ._connection import ManagedConnection
from ._driver import sqlite3
from ._driver_errors import describe_failure
from ._plain_value import StoredValue
from ._replace_rows import replace_rows
from ._statements import delete_row, select_columns, upsert_row
from ._table_record import TableRecord
from ._write_vec0 import vec0_writer
from .errors import SqliteRowError, SqliteTableError

__all__ = ["RowAction", "RowSink", "TableWriter", "row_sink"]

Row = tuple[StoredValue, ...]

_log = logging.getLogger(__name__)

_COLUMN = re.compile(r"constraint failed: .*?\.(?P<a>.+)$|column (?P<b>\w+)")
# What vec0 says of a row comes as this class too, so it cannot be told apart from trouble with the database by it.
_OF_A_ROW = re.compile(r"column|dimension|vector|primary key|constraint|mismatch|too big", re.IGNORECASE)
_OF_THE_TABLE = re.compile(r"no such|no column named|has no column|ON CONFLICT clause|UPSERT", re.IGNORECASE)


class TableWriter:
    """Writes the rows of one table; the statements are worked out once.

    Attributes:
        has_told: whether it was said that rows were there before they were declared.
    """

    has_told = False

    def __init__(self, name: str, record: TableRecord) -> None:
        self.name = name
        self.key_columns = len(record.primary_key)
        self._record = record
        self._primary_key = record.primary_key
        self._key_at = tuple(record.stored_columns.index(column) for column in record.primary_key)
        self._delete = delete_row(name, record)
        self._find = select_columns(name, record, ())
        self._write_vec0 = vec0_writer(name, record) if record.vec0 is not None else None
        self._upsert = "" if record.vec0 is not None else upsert_row(name, record)

    def __repr__(self) -> str:
        return f"TableWriter({self.name!r})"

    def is_there(self, connection: sqlite3.Connection, row: Row) -> bool:
        """Whether there is a row with the key of this one."""
        return connection.execute(self._find, self._key(row)).fetchone() is not None

    def delete(self, connection: sqlite3.Connection, keys: Sequence[Row]) -> None:
        """Delete the rows under these keys, those that are there."""
        connection.executemany(self._delete, keys)

    def write(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """Insert or update these rows.

        Raises:
            SqliteRowError: the database refuses one of them; it is named.
        """
        current = _Current(rows)
        try:
            if self._write_vec0 is not None:
                for row in current:
                    self._write_vec0(connection, row)
            else:
                connection.executemany(self._upsert, current)
        except (sqlite3.Error, OverflowError) as error:
            if current.row is None or not _is_of_a_row(error):
                raise
            if not self._replace(connection, rows, error):
                raise self._refused(current.row, error) from error

    def _replace(self, connection: sqlite3.Connection, rows: Sequence[Row], error: Exception) -> bool:
        """Write rows at once that may exchange values that are unique; whether that helped.

        Some may be written already. If it does not help, the transaction is rolled back.
        """
        if self._write_vec0 is not None or len(rows) < 2 or not str(error).startswith("UNIQUE constraint failed"):
            return False
        try:
            return replace_rows(connection, self.name, self._record, rows)
        except sqlite3.Error:
            return False

    def _key(self, row: Row) -> Row:
        return tuple([row[at] for at in self._key_at])

    def _refused(self, row: Row, error: Exception) -> SqliteRowError:
        match = _COLUMN.search(str(error))
        column = f"column {match['a'] or match['b']!r}: " if match else ""
        return SqliteRowError(f"SQLite refuses the row {self.name_of(row)} of the table {self.name!r}: {column}{error}")

    def name_of(self, row: Row) -> str:
        """What to call a row in messages."""
        pairs = zip(self._primary_key, self._key(row), strict=True)
        return f"({', '.join(f'{name}={shown(value)}' for name, value in pairs)})"


class RowAction(NamedTuple):
    """What to do about one row: write these values, or delete it where there are none.

    `asks` is its fingerprint where it has to be found out whether the row was there before.
    """

    writer: TableWriter
    key: Row
    values: Row | None
    asks: bytes | None = None


@dataclass(frozen=True)
class RowSink:
    """Writes rows of any tables of one database."""

    db_key: str

    def __call__(self, context: coco.ContextProvider, actions: Sequence[RowAction]) -> dict[int, Applied[bytes]] | None:
        """Apply the actions in one transaction: all of them, or none and an error.

        Returns:
            What was found out of rows that ask whether they were there before.
        """
        connection = context.get(self.db_key, ManagedConnection)
        with connection.transaction() as transaction:
            were_there = {
                at: action.writer.is_there(transaction, action.values)
                for at, action in enumerate(actions)
                if action.asks is not None and action.values is not None
            }
            tables = _by_table(actions)
            # Deletes come first: what a row that moved to another key leaves may be unique.
            for writer, deletes, _ in tables:
                with _told(connection.database, writer):
                    writer.delete(transaction, deletes)
            for writer, _, writes in tables:
                with _told(connection.database, writer):
                    writer.write(transaction, writes)
        _tell(connection.database, [actions[at] for at, was_there in were_there.items() if was_there])
        found = {at: _applied(actions[at], was_there) for at, was_there in were_there.items()}
        return found or None


def _applied(action: RowAction, was_there: bool) -> Applied[bytes]:
    assert action.asks is not None
    return Applied(record_of_row(action.asks, was_there=was_there))


def _tell(database: str, were_there: Sequence[RowAction]) -> None:
    for writer in {action.writer for action in were_there if not action.writer.has_told}:
        writer.has_told = True
        first = next(action.values for action in were_there if action.writer is writer and action.values is not None)
        _log.warning(
            "rows of the table %r in the SQLite database %s were there before they were declared, such as %s: they "
            "hold what is declared, and stay when they are no longer declared. If they are to be the app's, delete "
            "them and run the update with full_reprocess=True",
            writer.name,
            database,
            writer.name_of(first),
        )


@cache
def row_sink(db_key: str, *, reports: bool) -> coco.TargetActionSink[RowAction]:
    """The sink of all tables of the database that we made, or that others did: so their rows come together."""
    return coco.TargetActionSink.from_fn(RowSink(db_key), reports=reports)


class _Current:
    """Iterates over rows and remembers the last one taken, which is the one that failed when one does."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.row: Row | None = None

    def __iter__(self) -> Iterator[Row]:
        for self.row in self._rows:  # noqa: B020
            yield self.row


def _by_table(actions: Sequence[RowAction]) -> list[tuple[TableWriter, list[Row], list[Row]]]:
    tables: dict[TableWriter, tuple[list[Row], list[Row]]] = {}
    for action in actions:
        groups = tables.get(action.writer)
        if groups is None:
            groups = tables[action.writer] = ([], [])
        if action.values is None:
            groups[0].append(action.key)
        else:
            groups[1].append(action.values)
    return [(writer, deletes, writes) for writer, (deletes, writes) in tables.items()]


@contextmanager
def _told(database: str, writer: TableWriter) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _failure(error, database, writer.name) from error


def _is_of_a_row(error: Exception) -> bool:
    if not isinstance(error, sqlite3.OperationalError):
        return True
    return _OF_A_ROW.search(str(error)) is not None and _OF_THE_TABLE.search(str(error)) is None


def _failure(error: sqlite3.Error, database: str, table: str) -> CocoIndexError:
    if "UPSERT not implemented" in str(error):
        return SqliteTableError(
            f"the table {table!r} in the SQLite database {database} is a virtual table, which takes no upsert; declare "
            "it with virtual_table_def=Vec0TableDef(...)"
        )
    return describe_failure(error, database, f"writing rows of the table {table!r}")
