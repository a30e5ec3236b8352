"""Writing, deleting and looking for rows, many at a time: all of them reach DuckDB as one JSON text.

DuckDB connector, row layer. Bound parameters are up to a hundred times slower.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

import cocoindex as coco
import duckdb
from cocoindex.connectorkits import sql

from ._types import kind_of

__all__ = ["Writer"]

Texts = Sequence[str | None]
_ROWS_AT_ONCE, _TEXT_AT_ONCE = 500, 8_000_000


class Writer(sql.TableWriter):
    """Writes the rows of one table; their values are texts."""

    def __init__(self, dialect: Any, name: str, record: sql.TableRecord) -> None:
        super().__init__(name, record)
        self.dialect = dialect
        table, columns, key = sql.quoted(name), record.stored_columns, record.primary_key
        kinds = {column: record.columns[column].type for column in columns}
        values = ", ".join(_value(at, kinds[column]) for at, column in enumerate(columns, 1))
        keys = ", ".join(f"{_value(at, kinds[column])} k{at}" for at, column in enumerate(key, 1))
        same = " AND ".join(f"t.{sql.quoted(column)} = g.k{at}" for at, column in enumerate(key, 1))
        rest = [f"{sql.quoted(column)} = excluded.{sql.quoted(column)}" for column in columns if column not in key]
        given = "(SELECT unnest(?::JSON::VARCHAR[][]) r)"
        self._insert = f"INSERT INTO {table} AS t ({', '.join(map(sql.quoted, columns))}) SELECT {values} FROM {given}"
        do = f"UPDATE SET {', '.join(rest)}" if rest else "NOTHING"
        self._upsert = f"{self._insert} ON CONFLICT ({', '.join(map(sql.quoted, key))}) DO {do}"
        self._delete = f"DELETE FROM {table} t USING (SELECT {keys} FROM {given}) g WHERE {same}"
        self._find = f"SELECT g.r[{len(key) + 1}] FROM (SELECT r, {keys} FROM {given}) g JOIN {table} t ON {same}"

    def key_values(self, key: coco.StableKey) -> tuple[str, ...]:
        return tuple(map(str, self.key_parts(key)))

    async def delete(self, session: duckdb.DuckDBPyConnection, keys: Sequence[Texts]) -> None:
        for given in _batches(keys):
            session.execute(self._delete, given)

    async def present(self, session: duckdb.DuckDBPyConnection, keys: Sequence[Texts]) -> list[int]:
        numbered = [(*key, str(at)) for at, key in enumerate(keys)]
        return [int(at) for given in _batches(numbered) for (at,) in session.execute(self._find, given).fetchall()]

    async def write(self, session: duckdb.DuckDBPyConnection, writes: Sequence[sql.RowAction]) -> None:
        for given in _batches([action.values for action in writes]):
            session.execute(self._upsert, given)

    async def replace(self, session: duckdb.DuckDBPyConnection, writes: Sequence[sql.RowAction]) -> bool:
        await self.delete(session, [self.key_values(action.key) for action in writes])
        for given in _batches([action.values for action in writes]):
            session.execute(self._insert, given)
        return True


def _batches(rows: Sequence[Texts]) -> Iterator[list[str]]:
    start = size = 0
    for at, row in enumerate(rows):
        size += sum(len(text) for text in row if text is not None)
        if at - start == _ROWS_AT_ONCE or (size > _TEXT_AT_ONCE and at > start):
            yield [msgspec.json.encode(rows[start:at]).decode()]
            start, size = at, 0
    yield [msgspec.json.encode(rows[start:]).decode()]


def _value(at: int, sql_type: str) -> str:
    kind = kind_of(sql_type)
    if kind.id == "blob":
        return f"unhex(r[{at}])"
    nested = "::JSON" if kind.id in ("list", "array", "struct", "map") else ""
    return f"r[{at}]{nested}::{kind}"
