"""Reads a table row by row, in constant memory and without blocking other users of the database.

SQLite connector, source layer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, TypeVar

from cocoindex.connectorkits import sql

from ._connection import ManagedConnection, plain_reading
from ._dialect import DIALECT
from ._driver import sqlite3
from ._driver_errors import describe_failure
from ._identifier import quoted
from ._row_copy import RowCopy
from ._types import ERRORS
from ._undecodable import ReadableRows, is_undecodable

__all__ = ["RowFetcher"]

RowT = TypeVar("RowT")


class RowFetcher(sql.RowFetcher[RowT]):
    """The rows of a table; every iteration reads the table again, as it is when the iteration begins.

    The rows are first copied to a temporary SQLite database, in memory if it is small, else on the disk. So the
    connection is free while the rows are processed, which may take hours, also for a target in the same database.

    Args:
        connection: a connection returned by `sqlite.connect`.
        table_name: the name of a table or a view.
        columns: the columns to read; None for all.
        row_factory: converts a dict to a row; if None, rows are dicts.
    """

    def __init__(
        self,
        connection: ManagedConnection,
        table_name: str,
        columns: Sequence[str] | None,
        row_factory: Callable[[dict[str, Any]], RowT] | None,
    ) -> None:
        super().__init__(table_name, row_factory, ERRORS)
        self._connection = connection
        self._columns = columns

    async def batches(self) -> AsyncGenerator[list[RowT], None]:
        unreadable = self.unreadable()
        with closing(RowCopy()) as copy:
            names = await asyncio.to_thread(self._copy_to, copy, unreadable)
            while rows := await asyncio.to_thread(copy.next_rows):
                yield unreadable.others(self.made, [dict(zip(names, row, strict=True)) for row in rows])
        unreadable.tell()

    def iterate(self) -> Iterator[RowT]:
        unreadable = self.unreadable()
        with closing(RowCopy()) as copy:
            names = self._copy_to(copy, unreadable)
            while rows := copy.next_rows():
                yield from unreadable.others(self.made, [dict(zip(names, row, strict=True)) for row in rows])
        unreadable.tell()

    def _copy_to(self, copy: RowCopy, unreadable: sql.UnreadableRows) -> Sequence[str]:
        """Copy the readable rows; return the names of their columns, as they were requested."""
        with plain_reading(self._connection) as connection:
            try:
                names = self._names(connection)
                columns = ", ".join(map(quoted, names))
                try:
                    with closing(connection.execute(f"SELECT {columns} FROM {quoted(self._table)}")) as rows:
                        copy.fill(len(names), rows)
                except sqlite3.OperationalError as error:
                    if not is_undecodable(error):
                        raise
                    with closing(ReadableRows(connection, self._table, names, unreadable.add)) as readable:
                        copy.fill(len(names), readable)
            except sqlite3.Error as error:
                raise describe_failure(error, self._connection.database, f"reading {self._table!r}") from error
        return names

    def _names(self, connection: sqlite3.Connection) -> Sequence[str]:
        """Return the columns to read; raise if one is missing, because SQLite takes an unknown name for a string."""
        known = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        ).fetchall()
        tables = [name for (name,) in known]
        sql.check_table_is_there(DIALECT, self._connection, self._table, tables)
        described = connection.execute(f"SELECT * FROM {quoted(self._table)} LIMIT 0").description
        actual = [column[0] for column in described]
        sql.check_columns(DIALECT, self._connection, self._table, self._columns or (), actual)
        return self._columns or actual
