"""How the rows of one table are written, found and deleted; the statements are worked out once.

Layer: connectorkits.
"""

from __future__ import annotations

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
    """The action on one row: write these values, or delete it if there are none.

    Args:
        writer: of its table.
        key: the key of a row that is written; what `TableWriter.key_values` makes of it for one that is deleted.
        values: as `RowEncoder` makes them.
        asks: the fingerprint of the row, where it has to be found out whether it was there before.
    """

    writer: TableWriter
    key: Any
    values: Any
    asks: bytes | None = None


class TableWriter(ABC):
    """Writes the rows of one table. It raises what the driver raises, or a row error of its own that names the row.

    Attributes:
        dialect: the one of its database.
        name: the table.
        primary_key: the names of its columns.
        has_told: whether it was said that rows were there before they were declared.
        has_told_of_kept: whether it was said that rows were there after they were deleted.
    """

    dialect: Dialect[Any, Any, Any, Any, Any]
    has_told = False
    has_told_of_kept = False

    def __init__(self, name: Any, record: TableRecord) -> None:
        self.name = name
        self.primary_key = record.primary_key
        self._same_table: SameTable[Any, Any] = SameTable(name, record)

    def __repr__(self) -> str:
        return masked(f"{type(self).__name__}({self.name!r})")

    def key_parts(self, key: StableKey) -> tuple[StableKey, ...]:
        """The parts of the key of a row, one for each primary key column."""
        return (key,) if len(self.primary_key) == 1 else cast("tuple[StableKey, ...]", key)

    def key_values(self, key: StableKey) -> Any:
        """The primary key values of the row under `key`, as `delete` and `present` take them; here its parts."""
        return self.key_parts(key)

    def name_of(self, action: RowAction) -> str:
        """What to call a row that is written, in messages."""
        pairs = zip(self.primary_key, self.key_parts(action.key), strict=True)
        return f"({', '.join(f'{name}={shown(part)}' for name, part in pairs)})"

    async def check_table(self, dialect: Dialect[Any, Any, Any, Any, Any], db: Any, session: Any) -> None:
        """Raise `errors.lost` where the table is gone or another one; called in each transaction before it writes."""
        await self._same_table.check(dialect, db, session)

    def lost(self, dialect: Dialect[Any, Any, Any, Any, Any], db: Any, *, is_gone: bool) -> Exception:
        """The `errors.lost` to raise in `check_table`."""
        return lost(dialect, db, self.name, is_gone=is_gone)

    @abstractmethod
    async def delete(self, session: Any, keys: Sequence[Any]) -> int | None:
        """Delete the rows with these primary key values, those that are there.

        Returns:
            How many were deleted, where the database says so: that fewer are than keys is looked into.
        """

    @abstractmethod
    async def present(self, session: Any, keys: Sequence[Any]) -> Sequence[int]:
        """At which places of `keys` there are rows."""

    @abstractmethod
    async def write(self, session: Any, writes: Sequence[RowAction]) -> None:
        """Insert or update these rows; columns that others added keep their values."""

    async def replace(self, session: Any, writes: Sequence[RowAction]) -> bool:
        """Write these rows at once, so that rows may exchange values that are unique; asked after `write` failed.

        Returns:
            Whether that could be done without harm to rows of other tables that refer to these.
        """
        return False


class StatementWriter(TableWriter):
    """Writes rows by a statement for each, with parameters, that ends as `Dialect.on_conflict` says.

    Args:
        dialect: says how names, and parameters, stand in statements.
        name: the table.
        record: what is remembered of it.
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
        """Delete the rows with these primary key values, those that are there."""
        await self.dialect.execute_many(session, self.delete_row, keys)

    async def present(self, session: Any, keys: Sequence[Any]) -> Sequence[int]:
        """At which places of `keys` there are rows."""
        return [at for at, key in enumerate(keys) if await self.dialect.execute(session, self.find_row, key)]

    async def write(self, session: Any, writes: Sequence[RowAction]) -> None:
        """Insert or update these rows; columns that others added keep their values."""
        await self.dialect.execute_many(session, self.upsert_row, [action.values for action in writes])
