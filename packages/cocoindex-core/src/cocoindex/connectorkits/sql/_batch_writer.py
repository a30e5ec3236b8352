"""Writes rows in batches: each statement passes hundreds of rows to the database as one JSON text.

Layer: connectorkits. For databases whose values can be passed as text, and where one statement per row is slow.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from ._table_record import TableRecord
from ._table_writer import RowAction, TableWriter

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ._dialect import Dialect

__all__ = ["BatchWriter"]

Texts = Sequence[str | None]


class BatchWriter(TableWriter):
    """Writes rows whose stored values are texts. A subclass defines how the database reads them from the JSON text.

    The database must support `INSERT … SELECT … ON CONFLICT` and `DELETE … USING`.

    Args:
        dialect: writes names and types in statements.
        name: the table.
        record: the table's stored record.

    Attributes:
        given: a subquery that parses its only parameter, a JSON array of rows, and returns one column `r`: for each
            row, a list of its texts. Example: `SELECT unnest(?::JSON::VARCHAR[][]) r`.
        rows_at_once: the maximum number of rows per statement.
        text_at_once: the approximate maximum number of characters per statement.
    """

    given: ClassVar[str]
    rows_at_once: ClassVar[int] = 500
    text_at_once: ClassVar[int] = 8_000_000

    def __init__(self, dialect: Dialect[Any, Any, Any, Any, Any], name: Any, record: TableRecord) -> None:
        super().__init__(name, record)
        self.dialect = dialect
        table, columns, key = dialect.identifier(name), record.stored_columns, record.primary_key
        values = [self.value(f"r[{at}]", record.columns[column].type) for at, column in enumerate(columns, 1)]
        keys = ", ".join(f"{self.value(f'r[{at + 1}]', record.columns[key[at]].type)} k{at}" for at in range(len(key)))
        stored = [self.stored_key(f"t.{dialect.quoted(column)}", record.columns[column].type) for column in key]
        same = " AND ".join(f"{column} = g.k{at}" for at, column in enumerate(stored))
        into = f"INSERT INTO {table} AS t ({', '.join(map(dialect.quoted, columns))})"
        self._insert = f"{into} SELECT {', '.join(values)} FROM ({self.given})"
        self._upsert = f"{self._insert} {dialect.on_conflict(record)}"
        self._delete = f"DELETE FROM {table} t USING (SELECT {keys} FROM ({self.given})) g WHERE {same}"
        found = f"(SELECT r, {keys} FROM ({self.given})) g JOIN {table} t ON {same}"
        self._find = f"SELECT g.r[{len(key) + 1}] FROM {found}"

    @abstractmethod
    def value(self, text: str, sql_type: str) -> str:
        """Return the SQL expression that converts `text`, an expression of a text or NULL, to `sql_type`."""

    def stored_key(self, column: str, sql_type: str) -> str:
        """Return the SQL expression for a key column of the table, which is compared with a `value` of `sql_type`."""
        return column

    def key_values(self, key: StableKey) -> tuple[str, ...]:
        """Return the primary key values of the row under `key`, as texts."""
        return tuple(map(str, self.key_parts(key)))

    async def delete(self, session: Any, keys: Sequence[Texts]) -> None:
        """Delete the rows with these primary key values; keys without a row are ignored."""
        await self._each(session, self._delete, keys)

    async def present(self, session: Any, keys: Sequence[Texts]) -> list[int]:
        """Return the positions in `keys` for which the table has a row."""
        numbered = [(*key, str(at)) for at, key in enumerate(keys)]
        return [int(at) for (at,) in await self._each(session, self._find, numbered)]

    async def write(self, session: Any, writes: Sequence[RowAction]) -> None:
        """Insert or update these rows; other columns of the table keep their values."""
        await self._each(session, self._upsert, [action.values for action in writes])

    async def replace(self, session: Any, writes: Sequence[RowAction]) -> bool:
        """Delete these rows, then insert them."""
        await self.delete(session, [self.key_values(action.key) for action in writes])
        await self._each(session, self._insert, [action.values for action in writes])
        return True

    async def _each(self, session: Any, statement: str, rows: Sequence[Texts]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        for some in self._batches(rows):
            found += await self.dialect.execute(session, statement, (msgspec.json.encode(some).decode(),))
        return found

    def _batches(self, rows: Sequence[Texts]) -> Iterator[Sequence[Texts]]:
        start = size = 0
        for at, row in enumerate(rows):
            size += sum(len(text) for text in row if text is not None)
            if at - start == self.rows_at_once or (size > self.text_at_once and at > start):
                yield rows[start:at]
                start, size = at, 0
        yield rows[start:]
