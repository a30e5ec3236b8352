"""Writes, finds and deletes the rows of one table; the statements are computed once.

Layer: connectorkits.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from cocoindex._shown import masked, shown

from ._same_table import SameTable, lost
from ._table_record import TableRecord

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ._dialect import Dialect

__all__ = ["RowAction", "StatementWriter", "TableWriter"]


class RowAction(NamedTuple):
    """The action on one row: write its values, or delete it if `values` is None.

    Args:
        writer: the writer of the table.
        key: for a write, the key of the row; for a delete, the result of `TableWriter.key_values`.
        values: the values of an `EncodedRow`; None to delete.
        asks: the fingerprint of the row if the sink must find out whether the row existed before; otherwise None.
    """

    writer: TableWriter
    key: Any
    values: Any
    asks: bytes | None = None


class TableWriter(ABC):
    """Writes the rows of one table. Methods may raise errors of the driver, or a row error that names the row.

    Attributes:
        dialect: the dialect of the database.
        name: the table.
        primary_key: the names of the primary key columns.
        has_told: whether the warning was logged that rows existed before they were declared.
        has_told_of_kept: whether the warning was logged that rows still existed after they were deleted.
        at_once: the maximum number of rows for one call of `write`, after the database has ended calls for more.
    """

    dialect: Dialect[Any, Any, Any, Any, Any]
    has_told = False
    has_told_of_kept = False
    at_once = sys.maxsize

    def __init__(self, name: Any, record: TableRecord) -> None:
        self.name = name
        self.primary_key = record.primary_key
        self._same_table: SameTable[Any, Any] = SameTable(name, record)

    def __repr__(self) -> str:
        return masked(f"{type(self).__name__}({self.name!r})")

    def key_parts(self, key: StableKey) -> tuple[StableKey, ...]:
        """Return the parts of a row's key, one for each primary key column."""
        return (key,) if len(self.primary_key) == 1 else cast("tuple[StableKey, ...]", key)

    def key_values(self, key: StableKey) -> Any:
        """Return the primary key values of the row under `key`, for `delete` and `present`; here `key_parts`."""
        return self.key_parts(key)

    def name_of(self, action: RowAction) -> str:
        """Return the name of a written row for messages."""
        pairs = zip(self.primary_key, self.key_parts(action.key), strict=True)
        return f"({', '.join(f'{name}={shown(part)}' for name, part in pairs)})"

    async def check_table(self, dialect: Dialect[Any, Any, Any, Any, Any], db: Any, session: Any) -> None:
        """Raise `errors.lost` if the table was dropped or replaced; called in each transaction before it writes."""
        await self._same_table.check(dialect, db, session)

    def lost(self, dialect: Dialect[Any, Any, Any, Any, Any], db: Any, *, is_gone: bool) -> Exception:
        """Return the `errors.lost` exception for `check_table` to raise."""
        return lost(dialect, db, self.name, is_gone=is_gone)

    @abstractmethod
    async def delete(self, session: Any, keys: Sequence[Any]) -> int | None:
        """Delete the rows with these primary key values; keys without a row are ignored.

        Returns:
            The number of deleted rows; None if the database does not report it. If there were fewer than keys, the kit
            checks whether rows are still there, and logs a warning.
        """

    @abstractmethod
    async def present(self, session: Any, keys: Sequence[Any]) -> Sequence[int]:
        """Return the positions in `keys` for which the table has a row."""

    @abstractmethod
    async def write(self, session: Any, writes: Sequence[RowAction]) -> None:
        """Insert or update these rows; other columns of the table keep their values."""

    async def replace(self, session: Any, writes: Sequence[RowAction]) -> bool:
        """Write all these rows at once, so that they can exchange unique values; called after `write` failed.

        Returns:
            Whether the rows were written; False if that could harm rows of other tables that refer to them.
        """
        return False


class StatementWriter(TableWriter):
    """Writes rows with one parameterized statement per row, which ends with `Dialect.on_conflict`.

    Args:
        dialect: writes names and parameters in statements.
        name: the table.
        record: the table's stored record.
    """

    def __init__(self, dialect: Dialect[Any, Any, Any, Any, Any], name: Any, record: TableRecord) -> None:
        super().__init__(name, record)
        self.dialect = dialect
        table, columns = dialect.identifier(name), record.stored_columns
        keys = [f"{dialect.quoted(column)} = {dialect.parameter(at)}" for at, column in enumerate(record.primary_key)]
        self.delete_row = f"DELETE FROM {table} WHERE {' AND '.join(keys)}"
        self.find_row = f"SELECT 1 FROM {table} WHERE {' AND '.join(keys)}"
        self.upsert_row = (
            f"INSERT INTO {table} ({', '.join(map(dialect.quoted, columns))}) "
            f"VALUES ({', '.join(map(dialect.parameter, range(len(columns))))}) "
            f"{dialect.on_conflict(record)}"
        )

    async def delete(self, session: Any, keys: Sequence[Any]) -> None:
        """Delete the rows with these primary key values; keys without a row are ignored."""
        await self.dialect.execute_many(session, self.delete_row, keys)

    async def present(self, session: Any, keys: Sequence[Any]) -> Sequence[int]:
        """Return the positions in `keys` for which the table has a row."""
        return [at for at, key in enumerate(keys) if await self.dialect.execute(session, self.find_row, key)]

    async def write(self, session: Any, writes: Sequence[RowAction]) -> None:
        """Insert or update these rows; other columns of the table keep their values."""
        await self.dialect.execute_many(session, self.upsert_row, [action.values for action in writes])
