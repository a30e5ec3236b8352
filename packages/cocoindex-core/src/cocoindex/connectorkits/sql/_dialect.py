"""`Dialect`: describes a database to the kit; the only class that a connector must write.

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
    """The description of a database. A connector defines a subclass and creates one instance.

    Methods that access the database are async. For a blocking driver set `blocking = True`: these methods then call the
    driver and await nothing that suspends. The kit runs them in threads, each transaction in one thread from begin to
    end.

    Any method may raise errors of the driver. The kit converts them with `explain`. An error inside `transact` rolls
    the transaction back.

    Type parameters; the last three have defaults: the object that a program provides for the database; the session that
    statements run on; the name of a table (`str`); the stored record of a table (`TableRecord`); the inspected state of
    a table (`ActualTable`).

    Attributes:
        name: the name of the connector's module in messages, such as `"duckdb"`. It also distinguishes this kind of
            database from others.
        types: the column types, the title of the database in messages, and the exception classes.
        driver_error: the base class of the driver's errors, or a tuple of classes.
        blocking: whether the driver blocks.
        provided: what to call the provided object in messages.
        connection_type: the class of the provided object, as the connector's `connect` returns it. Not needed if the
            dialect defines `database`.
        record_type: the class of a table's stored record.
        drops_columns: whether the database can drop a column without recreating the table.
        has_savepoints: whether a transaction can continue after an error inside `savepoint`. If not, a refused row is
            searched for in separate transactions, which are rolled back.
        catalog: the queries for tables, columns and keys; by default on `information_schema`.
        read_as: how a source reads columns of certain types, by the driver's name of the type.
        writer_type: the class that writes rows; called with the dialect, the name of a table and its record.
        has_vector_indexes: whether the dialect defines `create_index` and `has_index`, for
            `attachment("vector_index")`.
    """

    read_as: ClassVar[ReadAs] = {}
    writer_type: ClassVar[type[Any]] = StatementWriter
    has_vector_indexes: ClassVar[bool] = False

    # Rows.

    def codec(self, column: Any, *, nullable: bool, is_key: bool, where: str) -> Codec:
        """Return the functions for the values of a column of a `TableSchema`; here `plain_codec`.

        Args:
            column: the definition of the column.
            nullable: whether None is stored as NULL; if not, `encode` refuses it.
            is_key: whether the column belongs to the primary key; `key_part` is then required.
            where: the name of the column in messages.

        Raises:
            the `errors.schema`: for a key column of this type, it is unknown which values the database considers equal.
        """
        return plain_codec(column, nullable=nullable, is_key=is_key)

    def encoder(self, table: str, schema: TableSchema[Any, Any], record: RecordT) -> RowEncoder:
        """Return the encoder of a table's rows to their stored form."""
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
        """Return the writer of a table's rows; here an instance of `writer_type`."""
        made: TableWriter = self.writer_type(self, name, record)
        return made

    async def execute_many(self, session: SessionT, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute a statement once per row, with the row as its parameters."""
        for row in rows:
            await self.execute(session, statement, row)

    def savepoint(self, session: SessionT) -> AbstractAsyncContextManager[object]:
        """Return a context manager for a savepoint; an error inside it does not abort the transaction.

        Called for all databases; it has to do this only with `has_savepoints`.
        """
        return nullcontext()

    def is_of_a_row(self, error: Exception) -> bool:
        """Whether the values of a written row caused the error. The kit then finds that row and names it."""
        return False

    def is_of_unique(self, error: Exception) -> bool:
        """Whether a unique constraint caused the error, so that `TableWriter.replace` may succeed."""
        return False

    async def is_too_much(self, session: SessionT, error: Exception) -> bool:
        """Whether the database ended a statement because it took too long, so that a smaller one may succeed; needs
        savepoints."""
        return False

    def is_of_a_key(self, error: Exception) -> bool:
        """Whether the database could not read a key to delete or look up, so that no row has it; needs savepoints."""
        return False

    def attachments(self, name: NameT, sink: TargetActionSink[Any]) -> dict[str, TargetHandler[Any, Any, Any]]:
        """Return the handlers of a table's attachments by kind (`"vector_index"`); `sink` applies their actions."""
        return {"vector_index": IndexHandler(self, name, sink)} if self.has_vector_indexes else {}

    def row_handler(
        self, db_key: str, name: NameT, record: RecordT, table: tuple[str, ...] | None, *, of_others: bool
    ) -> RowHandler:
        """Return the handler of a table's rows.

        Args:
            db_key: the name of the database's context key.
            name: the table.
            record: the table's stored record.
            table: identifies the table and its database; None if that is unknown.
            of_others: whether others created the table, so that it can contain their rows.
        """
        return RowHandler(db_key, self.writer(name, record), table, of_others=of_others)

    # Sources.

    def row_reader(self, row_type: type[RowT]) -> Callable[[dict[str, Any]], RowT]:
        """Return a function that converts a row, a dict, to a `row_type`."""
        return row_reader(row_type, self.errors)

    def row_fetcher(self, db: DbT, name: NameT, spec: SourceSpec[RowT]) -> RowFetcher[RowT]:
        """Return the rows of a source table; here `rows` of a blocking driver."""
        return BlockingRowFetcher(spec.table, lambda: self.rows(db, name, spec), spec.row_factory, self.errors)

    def reading(self, db: DbT) -> AbstractContextManager[Any]:
        """Return a DB-API cursor for `rows`, which reads while others read and write; for blocking drivers."""
        raise self.errors.argument(f"tables of {self.types.title} cannot be read as sources")

    def rows(self, db: DbT, name: NameT, spec: SourceSpec[Any]) -> Generator[list[dict[str, Any]], None, None]:
        """Yield the rows of a table in lists of a few hundred; release resources in a `finally`.

        Raises:
            errors that are already converted, such as the table error if the table or a column does not exist.
        """
        with self.reading(db) as cursor, explained(self, db, f"reading the table {self.shown(name)}"):
            yield from select_rows(self, db, cursor, name, spec)
