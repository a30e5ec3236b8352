"""What a database says of itself, so that the kit can keep tables in it: the one thing that a connector has to write.

Layer: connectorkits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from ..table_plan import TableChange
from ..target import ManagedBy
from ._actual_table import Differences
from ._errors import SqlErrors
from ._names import check_name, quoted
from ._plain_codec import plain_codec
from ._row_encoder import Codec, RowEncoder
from ._row_fetcher import BlockingRowFetcher, RowFetcher
from ._row_handler import RowHandler
from ._row_reader import row_reader
from ._sql_command import SqlCommand
from ._table_mark import Mark
from ._table_record import ColumnRecord, TableRecord, column_records
from ._table_schema import TableSchema
from ._table_source import SourceSpec
from ._table_writer import StatementWriter, TableWriter
from ._type_map import TypeMap
from ._type_variables import ActualT, DbT, NameT, RecordT, SessionT
from ._vector_index import IndexRecord

if TYPE_CHECKING:
    from ..._runtime.context import ContextProvider
    from ..._target.handler import TargetHandler
    from ..._target.sink import TargetActionSink

__all__ = ["Dialect"]

T = TypeVar("T")
RowT = TypeVar("RowT")


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
        name: tells tables from those of other kinds of databases, such as `"duckdb"`; what messages call the module
            that programs import.
        types: the types of columns, the database's name in messages, and the exceptions.
        driver_error: what the driver raises, one class or several.
        blocking: whether the driver blocks.
        provided: what is provided for the database, in messages.
        record_type: the class that is remembered of tables.
        drops_columns: whether a column can be dropped without making the table anew.
        has_savepoints: whether `savepoint` lets a transaction survive an error. Without it the row that is refused is
            looked for in transactions that are rolled back.
    """

    name: ClassVar[str]
    types: ClassVar[TypeMap[Any]]
    driver_error: ClassVar[type[Exception] | tuple[type[Exception], ...]]
    blocking: ClassVar[bool] = False
    provided: ClassVar[str] = "connection"
    record_type: ClassVar[type[TableRecord]] = TableRecord
    drops_columns: ClassVar[bool] = True
    has_savepoints: ClassVar[bool] = False

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

    def codec(self, column: Any, *, nullable: bool, is_key: bool, where: str) -> Codec:
        """The functions for the values of a column, whose definition is one of `TableSchema`; here `plain_codec`.

        Args:
            nullable: whether None is stored as NULL; otherwise `encode` refuses it.
            is_key: whether the column is one of the primary key, so that `key_part` is needed.
            where: what to call the column in messages.

        Raises:
            the `errors.schema`: it is not known which values of such a key column the database calls equal.
        """
        return plain_codec(column, nullable=nullable, is_key=is_key)

    def encoder(self, table: str, schema: TableSchema[Any, Any], record: RecordT) -> RowEncoder:
        """What makes the stored form of the rows of a table."""
        codecs = [
            self.codec(
                schema.columns[name],
                nullable=record.columns[name].nullable,
                is_key=name in record.primary_key,
                where=f"the column {name!r} of the table {table!r}",
            )
            for name in record.stored_columns
        ]
        return RowEncoder(table, record, codecs, self.errors)

    def writer(self, name: NameT, record: RecordT) -> TableWriter:
        """What writes the rows of a table."""
        return StatementWriter(self, name, record)

    def parameter(self, at: int) -> str:
        """How the parameter at that place, from 0, stands in a statement."""
        return "?"

    async def execute_many(self, session: SessionT, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute a statement with the parameters of each row."""
        for row in rows:
            await self.execute(session, statement, row)

    def savepoint(self, session: SessionT) -> AbstractAsyncContextManager[object]:
        """What surrounds statements of which an error is survived by the transaction; with `has_savepoints` only."""
        return nullcontext()

    def is_of_a_row(self, error: Exception) -> bool:
        """Whether values of a row that was written are to blame: which row is then looked for, and named."""
        return False

    def is_of_unique(self, error: Exception) -> bool:
        """Whether two rows may be in one another's way, so that `TableWriter.replace` may help."""
        return False

    def is_of_a_key(self, error: Exception) -> bool:
        """Whether a key that is deleted or looked for cannot be read: it is that of no row; needs savepoints."""
        return False

    def reason(self, error: Exception) -> str:
        """Why a row was refused, in words."""
        return str(error)

    def attachments(self, name: NameT, sink: TargetActionSink[Any]) -> dict[str, TargetHandler[Any, Any, Any]]:
        """The handlers of what may hang on a table, by the names of its kinds; `sink` is that of their actions."""
        return {}

    def index_name(self, name: NameT, key: str) -> str:
        """The name of a vector index of a table in the database; `key` is what a program calls it."""
        return f"{name}__vector__{key}"

    async def has_index(self, session: SessionT, name: NameT, index: str, record: IndexRecord) -> bool:
        """Whether an index of that name is on the table; for `IndexHandler`."""
        return False

    async def create_index(self, session: SessionT, name: NameT, index: str, record: IndexRecord) -> None:
        """Make an index; for `IndexHandler`."""
        raise self.errors.attachment(f"{self.types.title} has no vector indexes here")

    async def drop_index(self, session: SessionT, name: NameT, index: str) -> None:
        """Drop an index, if it is there; for `IndexHandler`."""
        await self.execute(session, f"DROP INDEX IF EXISTS {quoted(index)}")

    async def run_command(self, db: DbT, command: SqlCommand) -> None:
        """Run the SQL of a program; for `CommandHandler`.

        Raises:
            the `errors.attachment`: the database refuses it, and not because it `may_be_done`.
        """
        raise self.errors.attachment(f"{self.types.title} runs no SQL commands here")

    async def count_rows(self, session: SessionT, name: NameT) -> int:
        """How many rows a table has; nobody adds one until the end of the transaction."""
        ((rows,),) = await self.execute(session, f"SELECT count(*) FROM {self.identifier(name)}")
        return int(rows)

    def as_it_is(self, actual: ActualT, record: RecordT) -> RecordT | None:
        """`record` with the types that its key columns have by now; None where one is gone."""
        return record if all(self.folded(column) in actual.columns for column in record.primary_key) else None

    def row_handler(
        self, db_key: str, name: NameT, record: RecordT, table: tuple[str, ...] | None, *, of_others: bool
    ) -> RowHandler:
        """The handler of the rows of a table."""
        return RowHandler(db_key, self.writer(name, record), table, of_others=of_others)

    # Sources.

    def row_reader(self, row_type: type[RowT]) -> Callable[[dict[str, Any]], RowT]:
        """The function that makes a record of a row that was read."""
        return row_reader(row_type, self.errors)

    def row_fetcher(self, db: DbT, name: NameT, spec: SourceSpec[RowT]) -> RowFetcher[RowT]:
        """What reads the rows of a table; here for a driver that blocks."""
        return BlockingRowFetcher(spec.table, lambda: self.rows(db, name, spec), spec.row_factory, self.errors)

    def rows(self, db: DbT, name: NameT, spec: SourceSpec[Any]) -> Generator[list[dict[str, Any]], None, None]:
        """Read the rows of a table in lists of a few hundred; whatever is held meanwhile is freed in a `finally`.

        Raises:
            errors that are explained already, such as the table error where there is no such table or column.
        """
        raise self.errors.argument(f"tables of {self.types.title} cannot be read as sources")

    def database_of(self, context: ContextProvider, db_key: str) -> DbT:
        """What is provided under the context key of that name."""
        return self.database(context.get(db_key), f"the value of the context key {db_key!r}")


def _names(columns: Iterable[str]) -> str:
    return f"({', '.join(map(repr, columns))})"
