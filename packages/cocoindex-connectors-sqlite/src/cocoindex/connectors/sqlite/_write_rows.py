"""Writing rows in bulk: one transaction for all the rows that come together, whatever tables they are of.

SQLite connector, row layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.errors import CocoIndexError, SqliteRowError, SqliteTableError

from ._connection import ManagedConnection
from ._driver import sqlite3
from ._driver_errors import describe_failure
from ._plain_value import StoredValue
from ._replace_rows import replace_rows
from ._statements import delete_row, upsert_row
from ._table_record import TableRecord
from ._write_vec0 import vec0_writer

__all__ = ["RowAction", "RowSink", "TableWriter", "row_sink"]

Row = tuple[StoredValue, ...]

_COLUMN = re.compile(r"constraint failed: .*?\.(?P<a>.+)$|column (?P<b>\w+)")
# What vec0 says of a row comes as this class too, so it cannot be told apart from trouble with the database by it.
_OF_A_ROW = re.compile(r"column|dimension|vector|primary key|constraint|mismatch|too big", re.IGNORECASE)
_OF_THE_TABLE = re.compile(r"no such|no column named|has no column|ON CONFLICT clause|UPSERT", re.IGNORECASE)


class TableWriter:
    """Writes the rows of one table; the statements are worked out once."""

    def __init__(self, name: str, record: TableRecord) -> None:
        self.name = name
        self.key_columns = len(record.primary_key)
        self._record = record
        self._primary_key = record.primary_key
        self._key_at = tuple(record.stored_columns.index(column) for column in record.primary_key)
        self._delete = delete_row(name, record)
        self._write_vec0 = vec0_writer(name, record) if record.vec0 is not None else None
        self._upsert = "" if record.vec0 is not None else upsert_row(name, record)

    def __repr__(self) -> str:
        return f"TableWriter({self.name!r})"

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
        key = ", ".join(f"{name}={shown(value)}" for name, value in zip(self._primary_key, self._key(row), strict=True))
        match = _COLUMN.search(str(error))
        column = f"column {match['a'] or match['b']!r}: " if match else ""
        return SqliteRowError(f"SQLite refuses the row ({key}) of the table {self.name!r}: {column}{error}")


class RowAction(NamedTuple):
    """What to do about one row: write these values, or delete it where there are none."""

    writer: TableWriter
    key: Row
    values: Row | None


@dataclass(frozen=True)
class RowSink:
    """Writes rows of any tables of one database."""

    db_key: str

    def __call__(self, context: coco.ContextProvider, actions: Sequence[RowAction]) -> None:
        """Apply the actions in one transaction: all of them, or none and an error."""
        connection = context.get(self.db_key, ManagedConnection)
        with connection.transaction() as transaction:
            tables = _by_table(actions)
            # Deletes come first: what a row that moved to another key leaves may be unique.
            for writer, deletes, _ in tables:
                with _told(connection.database, writer):
                    writer.delete(transaction, deletes)
            for writer, _, writes in tables:
                with _told(connection.database, writer):
                    writer.write(transaction, writes)


@cache
def row_sink(db_key: str) -> coco.TargetActionSink[RowAction]:
    """The sink of all tables of the database: one for all, so that their rows come together."""
    return coco.TargetActionSink.from_fn(RowSink(db_key))


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
