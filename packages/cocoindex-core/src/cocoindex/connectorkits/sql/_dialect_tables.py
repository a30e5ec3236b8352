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
    """How tables are inspected, declared and compared; see `Dialect`."""

    catalog: ClassVar[Catalog] = Catalog.of_information_schema()

    # Existing tables.

    async def inspect(self, session: SessionT, name: NameT, record: RecordT, /) -> ActualT | None:
        """Return the table or view with this name, or None if there is none; here by the queries of `catalog`.

        Args:
            session: the session to read on.
            name: the table.
            record: the declared table.
        """
        return cast("ActualT | None", await described_table(self, session, cast("str", name)))

    async def prepare(self, session: SessionT, name: NameT, record: RecordT, /) -> None:
        """Create what the column types require, such as an extension; called before each `inspect`."""

    async def lock(self, session: SessionT) -> None:
        """Take a lock until the end of the transaction, so that one session at a time creates or alters tables.

        For databases in which concurrent changes conflict. Called before tables are created, altered or dropped; the
        default does nothing.
        """

    def same_type(self, one: str, other: str) -> bool:
        """Whether two texts name the same SQL type; one of them may be the database's own spelling."""
        return " ".join(one.split()).upper() == " ".join(other.split()).upper()

    def is_as_declared(self, found: Any, declared: ColumnRecord) -> bool:
        """Whether a column of an inspected table has the declared type."""
        return self.same_type(found.type, declared.type)

    def missing(self, actual: ActualT, record: RecordT) -> list[str]:
        """Return the declared columns that the table does not have."""
        return [name for name in record.columns if self.folded(name) not in actual.columns]

    def differences(self, actual: ActualT, name: NameT, record: RecordT) -> Differences:
        """Return the differences of the table from `record`; additional columns are not a difference."""
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
            elif found.not_null == column.nullable:  # one says NOT NULL, the other nullable
                yield f"its column {name!r} takes {'no NULL' if found.not_null else 'NULL'}"

    def fits(self, actual: ActualT, name: NameT, record: RecordT) -> bool:
        """Whether the table may be the one described by a record of an earlier update."""
        return not any(self.differences(actual, name, record))

    def is_made_as(self, actual: ActualT, name: NameT, record: RecordT) -> bool:
        """Whether the table has the primary key of a record of an earlier update."""
        return tuple(map(self.folded, record.primary_key)) == actual.primary_key

    def unfit_keys(self, actual: ActualT, name: NameT, record: RecordT) -> Iterable[str]:
        """Return why the table's key columns cannot identify the declared rows, as texts; empty if they can.

        Here: a key column has another type than the declared one.
        """
        for column in record.primary_key:
            found = actual.columns.get(self.folded(column))
            if found is not None and actual.is_table and not self.is_as_declared(found, record.columns[column]):
                declared = record.columns[column].type
                yield f"its key column {column!r} is {found.type}, not {declared}; declare it with its actual type"

    def unwritable(self, actual: ActualT, name: NameT, record: RecordT) -> Iterable[str]:
        """Return why no declared row can be written to the table, as texts; also for tables that others created."""
        return ()

    async def extras(self, session: SessionT, name: NameT, actual: ActualT) -> Sequence[str]:
        """Return the indexes and triggers that others added, as texts; a table that has any is never recreated."""
        return cast("Sequence[str]", getattr(actual, "extras", ()))

    def as_it_is(self, actual: ActualT, record: RecordT) -> RecordT | None:
        """Return `record` with the current types of the key columns, or None if one of these columns is missing."""
        return record if all(self.folded(column) in actual.columns for column in record.primary_key) else None

    # Declared tables.

    def record_of(self, schema: TableSchema[Any, Any], managed_by: str, **options: Any) -> RecordT:
        """Return the record to store for a table with this schema.

        Args:
            schema: the columns and the primary key.
            managed_by: `"system"` or `"user"`.
            options: further table options of this connector.
        """
        return cast("RecordT", TableRecord(ManagedBy(managed_by), column_records(schema), tuple(schema.primary_key)))

    def table_name(self, table_name: str, **options: Any) -> NameT:
        """Return the name of a table, given the name and the options that a program passes."""
        check_name("table", table_name, self.errors.schema)
        return cast("NameT", table_name)

    def check_options(self, table_name: str, schema: TableSchema[Any, Any], **options: Any) -> None:
        """Raise `errors.argument` or `errors.schema` if the options of a table are invalid."""
        if options:
            raise self.errors.argument(f"the table {table_name!r} has no option {', '.join(options)}")

    def check_table(self, name: NameT, record: RecordT) -> None:
        """Raise `errors.schema` if the database cannot have such a table."""

    def change(self, old: RecordT, new: RecordT) -> TableChange:
        """Return how much a table has to change when its record changes from `old` to `new`."""
        before = {self.folded(name): column for name, column in old.columns.items()}
        after = {self.folded(name): column for name, column in new.columns.items()}
        kept = before.keys() & after.keys()
        if [*map(self.folded, old.primary_key)] != [*map(self.folded, new.primary_key)]:
            return TableChange.REBUILD
        if not all(self._is_same(before[name], after[name]) for name in kept):
            return TableChange.REBUILD
        added, dropped = after.keys() - kept, before.keys() - kept
        # A NOT NULL column cannot be added in place: existing rows have no value for it.
        if any(not after[name].nullable for name in added) or (dropped and not self.drops_columns):
            return TableChange.REBUILD
        renamed = old.columns.keys() ^ new.columns.keys()
        return TableChange.COLUMNS if renamed else TableChange.NONE

    def _is_same(self, one: ColumnRecord, other: ColumnRecord) -> bool:
        return one.nullable == other.nullable and self.same_type(one.type, other.type)


def _names(columns: Iterable[str]) -> str:
    return f"({', '.join(map(repr, columns))})"
