"""Reads rows with texts that are not valid in the encoding of the database, which SQLite does not check.

SQLite connector, source layer. The library raises at the first such text and returns no further rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cocoindex.connectorkits import shown

from ._driver import sqlite3
from ._identifier import quoted
from .errors import SqliteRowError

__all__ = ["ReadableRows", "is_undecodable"]


def is_undecodable(error: Exception) -> bool:
    """Say whether the error means that a text cannot be decoded."""
    return isinstance(error, sqlite3.OperationalError) and str(error).startswith("Could not decode")


class ReadableRows:
    """The rows of a table, with texts read as bytes and decoded one by one.

    Args:
        connection: a connection to the database.
        table: the name of the table.
        names: the columns to read.
        tell: called with the error of each row that cannot be read.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        table: str,
        names: Sequence[str],
        tell: Callable[[SqliteRowError], object],
    ) -> None:
        self._names = names
        self._tell = tell
        ((encoding,),) = connection.execute("PRAGMA encoding").fetchall()
        self._encoding = {"UTF-16le": "utf-16-le", "UTF-16be": "utf-16-be"}.get(encoding, "utf-8")
        values = ", ".join(
            f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE {name} END, typeof({name}) = 'text'"
            for name in map(quoted, names)
        )
        self._rows = connection.execute(f"SELECT {values} FROM {quoted(table)}")

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        """Return the next readable rows; an empty list at the end."""
        while found := self._rows.fetchmany(size):
            if rows := [row for raw in found if (row := self._decoded(raw)) is not None]:
                return rows
        return []

    def close(self) -> None:
        """Close the cursor."""
        self._rows.close()

    def _decoded(self, raw: tuple[Any, ...]) -> tuple[Any, ...] | None:
        row = []
        for at, name in enumerate(self._names):
            value, is_text = raw[2 * at], raw[2 * at + 1]
            try:
                row.append(value.decode(self._encoding) if is_text else value)
            except UnicodeDecodeError as error:
                self._tell(
                    SqliteRowError(
                        f"a row cannot be read: its column {name!r} holds {shown(value)} as a text, which is not valid "
                        f"in the database's encoding ({error}); correct it there, or read a view that leaves it out"
                    )
                )
                return None
        return tuple(row)
