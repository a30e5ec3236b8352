"""What a database says of itself, so that the kit can keep tables in it: the one thing that a connector has to write.

Layer: connectorkits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from ..table_plan import TableChange
from ..target import ManagedBy
from ._actual_table import Differences
from ._errors import SqlErrors
from ._names import check_name, quoted
from ._table_mark import Mark
from ._table_record import ColumnRecord, TableRecord, column_records
from ._table_schema import TableSchema
from ._type_map import TypeMap
from ._type_variables import ActualT, DbT, NameT, RecordT, SessionT

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ..._runtime.context import ContextProvider

__all__ = ["Dialect"]

T = TypeVar("T")


class Dialect(ABC, Generic[DbT, SessionT, NameT, RecordT, ActualT]):
    """What the kit asks of a database; a connector makes one object of a class derived from this.

    Whatever touches the database is async. With `blocking = True`, for a driver that blocks, these methods call the
    driver and await nothing that suspends; the kit runs them in threads, a transaction in one thread from begin to end.

    Errors of the driver may leave any method: the kit has `explain` say what they mean. A failure inside `transact`
    rolls its transaction back.

    Type parameters, the last three of which have defaults: what is provided under the context key of the database;
    what statements run on; the name of a table (str); what is remembered of a table (`TableRecord`); what a look at a
    table finds (`ActualTable`).

    Attributes:
        name: tells tables from those of other kinds of databases, such as `"duckdb"`.
        types: the types of columns, the database's name in messages, and the exceptions.
        driver_error: what the driver raises, one class or several.
        blocking: whether the driver blocks.
        record_type: the class that is remembered of tables.
        drops_columns: whether a column can be dropped without making the table anew.
    """

    name: ClassVar[str]
    types: ClassVar[TypeMap[Any]]
    driver_error: ClassVar[type[Exception] | tuple[type[Exception], ...]]
    blocking: ClassVar[bool] = False
    record_type: ClassVar[type[TableRecord]] = TableRecord
    drops_columns: ClassVar[bool] = True

    # The connection.

    @abstractmethod
    def database(self, value: object, where: str) -> DbT:
        """`value`, which a program provides, if it is a connection of this connector.

        Raises:
            ContextTypeError: it is none; `where` begins the message, as in "the value of the context key 'db'".
        """

    @abstractmethod
    async def transact(self, db: DbT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Run `work(session)` in a transaction, committed at the end, rolled back where it raises.

        It may be run again, where another try may help. `what` says what failed where it cannot be begun or committed.
        Nobody else may run statements of theirs inside: where the driver does not see to that, hold a lock.
        """

    @abstractmethod
    async def execute(
        self, session: SessionT, statement: str, parameters: Sequence[Any] = (), /
    ) -> Sequence[tuple[Any, ...]]:
        """Execute a statement; returns its rows, none where it has no result."""

    async def look(self, db: DbT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Like `transact`, for work that only reads."""
        return await self.transact(db, what, work)

    def identity(self, db: DbT) -> str | None:
        """What tells the database from all others, by whatever way it is reached; None where that is not known."""
        return None

    async def version(self, db: DbT, session: SessionT) -> str:
        """What changes whenever a table may have been replaced, and differs for another database.

        Where `ActualTable.identity` numbers the tables, what tells the database from all others.
        """
        return self.identity(db) or ""

    # Errors.

    @property
    def errors(self) -> SqlErrors:
        """The exceptions that are raised."""
        return self.types.errors

    def explain(self, error: Exception, db: DbT, what: str) -> Exception:
        """The exception to raise where `what` failed, such as "writing rows of the table 'docs'".

        `error` itself is raised as it is: where `transact` tries the work again.
        """
        place = self.place(db)
        return self.errors.table(f"{what}{f' in {place}' if place else ''} failed: {error}")

    # Names.

    def folded(self, name: str) -> str:
        """The same text for all names that are one to the database, as where it ignores case."""
        return self.types.folded(name)

    def key_of_table(self, name: NameT) -> tuple[str, ...]:
        """What identifies a table in its database, in the keys of target states."""
        return (self.folded(cast("str", name)),)

    def table_of_key(self, key: tuple[str, ...]) -> NameT:
        """The name of the table under a key."""
        return cast("NameT", key[0])

    def shown(self, name: NameT) -> str:
        """What to call a table in messages."""
        return repr(name)

    def place(self, db: DbT) -> str:
        """What to call the database in messages, such as "the DuckDB database a.db"; empty for nothing."""
        return ""

    def where(self, db: DbT, name: NameT) -> str:
        """What to call a table and where it is, in messages."""
        place = self.place(db)
        return f"the table {self.shown(name)}{f' in {place}' if place else ''}"

    def identifier(self, name: NameT) -> str:
        """The name of a table as it stands in statements."""
        return quoted(cast("str", name))

    # Tables: what is there.

    @abstractmethod
    async def inspect(self, session: SessionT, name: NameT, record: RecordT, /) -> ActualT | None:
        """The table or view of that name, None where there is none; `record` says how it is declared."""

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

    async def extras(self, session: SessionT, name: NameT, actual: ActualT) -> Sequence[str]:
        """What others put on the table (indexes and triggers), in words: it keeps the table from being made anew."""
        return cast("Sequence[str]", getattr(actual, "extras", ()))

    # Tables: how they are declared.

    def record_of(self, schema: TableSchema[Any, Any], managed_by: str, **options: Any) -> RecordT:
        """What is remembered of a table that is as `schema` says.

        Args:
            options: what else the connector lets a program say of a table.
        """
        return cast("RecordT", TableRecord(ManagedBy(managed_by), column_records(schema), tuple(schema.primary_key)))

    def check_table(self, name: NameT, record: RecordT) -> None:
        """Raise `errors.schema` where the database can make no such table."""
        check_name("table", name, self.errors.schema)

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

    # Tables: what is done to them.

    def create_statement(self, name: NameT, record: RecordT) -> str:
        """CREATE TABLE."""
        columns = ", ".join(self.column_clause(column, record) for column in record.columns)
        key = ", ".join(map(quoted, record.primary_key))
        return f"CREATE TABLE {self.identifier(name)} ({columns}, PRIMARY KEY ({key}))"

    def column_clause(self, column: str, record: RecordT) -> str:
        """A column as it stands in CREATE TABLE and ADD COLUMN."""
        declared = record.columns[column]
        return f"{quoted(column)} {declared.type}{'' if declared.nullable else ' NOT NULL'}"

    async def create(self, session: SessionT, name: NameT, record: RecordT, mark: Mark) -> None:
        """Make the table, with its mark."""
        await self.execute(session, self.create_statement(name, record))
        await self.set_mark(session, name, record, mark, None)

    async def set_mark(self, session: SessionT, name: NameT, record: RecordT, mark: Mark, was: Mark | None) -> None:
        """Mark the table, which has the mark `was`; here in its comment."""
        comment = mark.comment.replace("'", "''")
        await self.execute(session, f"COMMENT ON TABLE {self.identifier(name)} IS '{comment}'")

    def can_be_marked(self, actual: ActualT) -> bool:
        """Whether a table that is there can get another mark."""
        return True

    async def add_column(self, session: SessionT, name: NameT, record: RecordT, column: str) -> None:
        """Add a column that may be NULL."""
        clause = self.column_clause(column, record)
        await self.execute(session, f"ALTER TABLE {self.identifier(name)} ADD COLUMN {clause}")

    async def drop_column(self, session: SessionT, name: NameT, column: str) -> None:
        """Drop a column."""
        await self.execute(session, f"ALTER TABLE {self.identifier(name)} DROP COLUMN {quoted(column)}")

    async def drop(self, session: SessionT, name: NameT) -> None:
        """Drop the table, if it is there."""
        await self.execute(session, f"DROP TABLE IF EXISTS {self.identifier(name)}")

    # Rows.

    @abstractmethod
    def row_handler(
        self, db_key: str, name: NameT, record: RecordT, table: tuple[str, ...] | None, *, of_others: bool
    ) -> Any:
        """The handler of the rows of a table."""

    @abstractmethod
    async def count_foreign_rows(
        self, session: SessionT, name: NameT, actual: ActualT, record: RecordT, keys: Sequence[StableKey]
    ) -> int:
        """How many rows of a table are under none of `keys`; `record` tells the primary key that these are of."""

    @abstractmethod
    async def delete_own_rows(
        self, session: SessionT, name: NameT, actual: ActualT, record: RecordT, keys: Sequence[StableKey]
    ) -> None:
        """Delete the rows under `keys`, where the table still has the columns by which they are known."""

    def database_of(self, context: ContextProvider, db_key: str) -> DbT:
        """What is provided under the context key of that name."""
        return self.database(context.get(db_key), f"the value of the context key {db_key!r}")


def _names(columns: Iterable[str]) -> str:
    return f"({', '.join(map(repr, columns))})"
