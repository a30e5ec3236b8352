"""`Dialect`: the description of a database for the kit, and the only class that a connector must write.

Layer: connectorkits.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ._dialect_statements import DialectStatements
from ._explained import explained
from ._plain_codec import plain_codec
from ._row_encoder import Codec, RowEncoder
from ._row_fetcher import BlockingRowFetcher, RowFetcher
from ._row_handler import RowHandler
from ._row_reader import row_reader
from ._select_rows import ReadAs, select_rows
from ._table_schema import TableSchema
from ._table_source import SourceSpec
from ._table_writer import StatementWriter, TableWriter
from ._type_variables import ActualT, DbT, NameT, RecordT, SessionT
from ._vector_index import IndexHandler

if TYPE_CHECKING:
    from ..._target.handler import TargetHandler
    from ..._target.sink import TargetActionSink

__all__ = ["Dialect"]

RowT = TypeVar("RowT")


class Dialect(DialectStatements[DbT, SessionT, NameT, RecordT, ActualT]):
    """The description of a database; a connector creates one object of a derived class.

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
        connection_type: the class of it, which the connector's `connect` makes; not needed where `database` is written.
        record_type: the class that is remembered of tables.
        drops_columns: whether a column can be dropped without making the table anew.
        has_savepoints: whether `savepoint` lets a transaction survive an error. Without it the row that is refused is
            looked for in transactions that are rolled back.
        catalog: the queries that tell of tables; of `information_schema` where nothing else is said.
        read_as: how columns of certain types are read as a source, by the names that the driver gives these types.
        writer_type: what writes rows, of the dialect, the name of a table and its record.
        has_vector_indexes: whether `create_index` and the like are written, for `attachment("vector_index")`.
    """

    read_as: ClassVar[ReadAs] = {}
    writer_type: ClassVar[type[Any]] = StatementWriter
    has_vector_indexes: ClassVar[bool] = False

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
        """What writes the rows of a table; here a `writer_type`."""
        made: TableWriter = self.writer_type(self, name, record)
        return made

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
        return {"vector_index": IndexHandler(self, name, sink)} if self.has_vector_indexes else {}

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

    def reading(self, db: DbT) -> AbstractContextManager[Any]:
        """A cursor of Python's database interface that reads beside others; for `rows`, with a driver that blocks."""
        raise self.errors.argument(f"tables of {self.types.title} cannot be read as sources")

    def rows(self, db: DbT, name: NameT, spec: SourceSpec[Any]) -> Generator[list[dict[str, Any]], None, None]:
        """Read the rows of a table in lists of a few hundred; whatever is held meanwhile is freed in a `finally`.

        Raises:
            errors that are explained already, such as the table error where there is no such table or column.
        """
        with self.reading(db) as cursor, explained(self, db, f"reading the table {self.shown(name)}"):
            yield from select_rows(self, db, cursor, name, spec)
