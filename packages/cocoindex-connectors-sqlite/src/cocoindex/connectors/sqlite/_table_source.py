"""The API to read a table as a source.

SQLite connector, source layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, overload

from cocoindex.connectorkits import sql
from cocoindex.errors import ContextTypeError

from ._connection import ManagedConnection
from ._row_fetcher import RowFetcher
from ._row_reader import row_reader
from ._types import ERRORS

__all__ = ["SqliteTableSource"]

RowT = TypeVar("RowT")


class SqliteTableSource(Generic[RowT]):
    """A table or view whose rows are read.

    Args:
        connection: a connection returned by `sqlite.connect` or `sqlite.managed_connection`.
        table_name: the name of the table or view.
        columns: the columns to read; by default the fields of `row_type`, or all.
        row_factory: converts a dict of columns to a row; not together with `row_type`.
        row_type: the type of the rows: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict.

    Raises:
        SqliteSchemaError: (a ValueError) both `row_factory` and `row_type` are given, or `columns` has a name
            that `row_type` lacks.
        SqliteRecordTypeError, SqliteArgumentError: (TypeErrors) `row_type` is not a record type, or another
            argument has the wrong type.
        ContextTypeError: (a TypeError) `connection` is not a connection of this connector.
    """

    @overload
    def __init__(
        self: SqliteTableSource[dict[str, Any]],
        connection: ManagedConnection,
        *,
        table_name: str,
        columns: Sequence[str] | None = None,
        row_factory: None = None,
        row_type: None = None,
    ) -> None: ...
    @overload
    def __init__(
        self,
        connection: ManagedConnection,
        *,
        table_name: str,
        columns: Sequence[str] | None = None,
        row_factory: Callable[[dict[str, Any]], RowT] | None = None,
        row_type: type[RowT] | None = None,
    ) -> None: ...
    def __init__(
        self,
        connection: ManagedConnection,
        *,
        table_name: str,
        columns: Sequence[str] | None = None,
        row_factory: Callable[[dict[str, Any]], Any] | None = None,
        row_type: type[Any] | None = None,
    ) -> None:
        spec = sql.source_spec(table_name, columns, row_factory, row_type, row_reader, ERRORS, of="SqliteTableSource")
        if not isinstance(connection, ManagedConnection):
            raise ContextTypeError(
                f"the connection of the source {table_name!r} is a {type(connection).__qualname__}; give what "
                "sqlite.connect() or sqlite.managed_connection() makes"
            )
        self._fetcher: RowFetcher[RowT] = RowFetcher(connection, *spec)

    def fetch_rows(self) -> RowFetcher[RowT]:
        """Return the rows; iterate with `async for`, or with `for` in a thread without an event loop."""
        return self._fetcher
