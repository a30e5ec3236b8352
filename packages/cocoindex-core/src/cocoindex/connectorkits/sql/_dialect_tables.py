"""Inspection and comparison of existing and declared tables: the second part of a `Dialect`.

Layer: connectorkits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, cast

from ..table_plan import TableChange
from ..target import ManagedBy
from ._actual_table import Differences
from ._dialect_names import DialectNames
from ._information_schema import Catalog, described_table
from ._names import check_name
from ._table_record import ColumnRecord, TableRecord, column_records
from ._table_schema import TableSchema
from ._type_variables import ActualT, DbT, NameT, RecordT, SessionT

__all__ = ["DialectTables"]


class DialectTables(DialectNames[DbT, SessionT, NameT, RecordT, ActualT]):
    """How tables are looked at, declared and compared; see `Dialect`."""

    catalog: ClassVar[Catalog] = Catalog.of_information_schema()

    # Tables: what is there.

    async def inspect(self, session: SessionT, name: NameT, record: RecordT, /) -> ActualT | None:
        """The table or view of that name, None where there is none; here what `catalog` says of it.

        Args:
            record: how it is declared.
        """
        return cast("ActualT | None", await described_table(self, session, cast("str", name)))

    async def prepare(self, session: SessionT, name: NameT, record: RecordT, /) -> None:
        """Have there what the columns of a table need, such as an extension; called before each look at it."""

    async def lock(self, session: SessionT) -> None:
        """Wait until nobody else shapes tables; for a database where two that make one at once are in conflict."""

    def same_type(self, one: str, other: str) -> bool:
        """Whether two texts name the same type, of which one may be the database's own."""
        return " ".join(one.split()).upper() == " ".join(other.split()).upper()

    def is_as_declared(self, found: Any, declared: ColumnRecord) -> bool:
        """Whether a column of `ActualTable` has the declared type."""
        return self.same_type(found.type, declared.type)

    def missing(self, actual: ActualT, record: RecordT) -> list[str]:
        """The columns that the table lacks."""
        return [name for name in record.columns if self.folded(name) not in actual.columns]

    def differences(self, actual: ActualT, name: NameT, record: RecordT) -> Differences:
        """How the table falls short of `record`. Columns that `record` does not know are no difference."""
        if not actual.is_table:
            return Differences((), ("it is a view or a foreign table",))
        return Differences(tuple(self.missing(actual, record)), tuple(self._wrong(actual, record)))

    def _wrong(self, actual: ActualT, record: RecordT) -> Iterator[str]:
        declared = tuple(map(self.folded, record.primary_key))
        if actual.primary_key != declared:
            yield f"its primary key is {_names(actual.primary_key)}, not {_names(declared)}"
        for name, column in record.columns.items():
            found = actual.columns.get(self.folded(name))
            if found is None:
                continue
            if not self.is_as_declared(found, column):
                yield f"its column {name!r} is {found.type}, not {column.type}"
            elif found.not_null == column.nullable:  # as when both are True
                yield f"its column {name!r} takes {'no NULL' if found.not_null else 'NULL'}"

    def fits(self, actual: ActualT, name: NameT, record: RecordT) -> bool:
        """Whether the table may be as a record of an earlier update says."""
        return not any(self.differences(actual, name, record))

    def is_made_as(self, actual: ActualT, name: NameT, record: RecordT) -> bool:
        """Whether the table has the primary key of a record of an earlier update."""
        return tuple(map(self.folded, record.primary_key)) == actual.primary_key

    def unfit_keys(self, actual: ActualT, name: NameT, record: RecordT) -> Iterable[str]:
        """Why rows cannot be told apart by a primary key column as the database does, in words."""
        for column in record.primary_key:
            found = actual.columns.get(self.folded(column))
            if found is not None and actual.is_table and not self.is_as_declared(found, record.columns[column]):
                declared = record.columns[column].type
                yield f"its key column {column!r} is {found.type}, not {declared}; declare it with the type that it has"

    def unwritable(self, actual: ActualT, name: NameT, record: RecordT) -> Iterable[str]:
        """Why no row can be written as declared, in words: asked of tables that others made, too."""
        return ()

    async def extras(self, session: SessionT, name: NameT, actual: ActualT) -> Sequence[str]:
        """What others put on the table (indexes and triggers), in words: it keeps the table from being made anew."""
        return cast("Sequence[str]", getattr(actual, "extras", ()))

    def as_it_is(self, actual: ActualT, record: RecordT) -> RecordT | None:
        """`record` with the types that its key columns have by now; None where one is gone."""
        return record if all(self.folded(column) in actual.columns for column in record.primary_key) else None

    # Tables: how they are declared.

    def record_of(self, schema: TableSchema[Any, Any], managed_by: str, **options: Any) -> RecordT:
        """What is remembered of a table that is as `schema` says.

        Args:
            options: what else the connector lets a program say of a table.
        """
        return cast("RecordT", TableRecord(ManagedBy(managed_by), column_records(schema), tuple(schema.primary_key)))

    def table_name(self, table_name: str, **options: Any) -> NameT:
        """The name of a table that a program calls so, with the options that it gives."""
        check_name("table", table_name, self.errors.schema)
        return cast("NameT", table_name)

    def check_options(self, table_name: str, schema: TableSchema[Any, Any], **options: Any) -> None:
        """Raise `errors.argument` or `errors.schema` where the options of a table cannot be used."""
        if options:
            raise self.errors.argument(f"the table {table_name!r} has no option {', '.join(options)}")

    def check_table(self, name: NameT, record: RecordT) -> None:
        """Raise `errors.schema` where the database can make no such table."""

    def change(self, old: RecordT, new: RecordT) -> TableChange:
        """What has to change from one record of a table to another."""
        before = {self.folded(name): column for name, column in old.columns.items()}
        after = {self.folded(name): column for name, column in new.columns.items()}
        kept = before.keys() & after.keys()
        if [*map(self.folded, old.primary_key)] != [*map(self.folded, new.primary_key)]:
            return TableChange.REBUILD
        if not all(self._is_same(before[name], after[name]) for name in kept):
            return TableChange.REBUILD
        added, dropped = after.keys() - kept, before.keys() - kept
        # A column without NULLs cannot be added to the rows that are there: there is no value to give them.
        if any(not after[name].nullable for name in added) or (dropped and not self.drops_columns):
            return TableChange.REBUILD
        renamed = old.columns.keys() ^ new.columns.keys()
        return TableChange.COLUMNS if renamed else TableChange.NONE

    def _is_same(self, one: ColumnRecord, other: ColumnRecord) -> bool:
        return one.nullable == other.nullable and self.same_type(one.type, other.type)


def _names(columns: Iterable[str]) -> str:
    return f"({', '.join(map(repr, columns))})"
