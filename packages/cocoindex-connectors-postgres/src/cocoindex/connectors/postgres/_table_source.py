"""The API to read a table as a source.

Postgres connector, source layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, overload

from cocoindex.connectorkits import sql

from ._identifier import check_name
from ._pool import Pool, check_pool
from ._row_fetcher import PgSourceSpec, RowFetcher
from ._row_reader import row_reader, text_fields
from ._types import ERRORS

__all__ = ["PgTableSource"]

RowT = TypeVar("RowT")


class PgTableSource(Generic[RowT]):
    """A table or view whose rows are read.

    Args:
        pool: a `psycopg_pool.AsyncConnectionPool`.
        table_name: the name of the table or view.
        columns: the columns to read; by default the fields of `row_type`, or all.
        pg_schema_name: the schema of the table, by default `public`.
        row_factory: converts a dict of columns to a row; not together with `row_type`.
        row_type: the type of the rows: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict.

    Raises:
        PostgresSchemaError: (a ValueError) both `row_factory` and `row_type` are given, or `columns` has a name
            that `row_type` lacks, or a name is invalid.
        PostgresRecordTypeError, PostgresArgumentError: (TypeErrors) `row_type` is not a record type, or `row_factory`
            is not a sync function.
        ContextTypeError: (a TypeError) `pool` is not a pool of this connector.
    """

    @overload
    def __init__(
        self: PgTableSource[dict[str, Any]],
        pool: Pool,
        *,
        table_name: str,
        columns: Sequence[str] | None = None,
        pg_schema_name: str | None = None,
        row_factory: None = None,
        row_type: None = None,
    ) -> None: ...
    @overload
    def __init__(
        self,
        pool: Pool,
        *,
        table_name: str,
        columns: Sequence[str] | None = None,
        pg_schema_name: str | None = None,
        row_factory: Callable[[dict[str, Any]], RowT] | None = None,
        row_type: type[RowT] | None = None,
    ) -> None: ...
    def __init__(
        self,
        pool: Pool,
        *,
        table_name: str,
        columns: Sequence[str] | None = None,
        pg_schema_name: str | None = None,
        row_factory: Callable[[dict[str, Any]], Any] | None = None,
        row_type: type[Any] | None = None,
    ) -> None:
        spec = sql.source_spec(table_name, columns, row_factory, row_type, row_reader, ERRORS, of="PgTableSource")
        for name in columns or ():
            check_name("column", name)
        where = PgSourceSpec(table_name, spec.columns, pg_schema_name)
        check_name("table", table_name)
        check_name("schema", where.name.schema)
        texts = text_fields(row_type) if row_type is not None else None
        pool = check_pool(pool, f"the pool of the source {table_name!r}")
        self._fetcher: RowFetcher[RowT] = RowFetcher(pool, where, spec.row_factory, text_fields=texts)

    def fetch_rows(self) -> RowFetcher[RowT]:
        """Return the rows; iterate with `async for`, or with `for` in a thread without an event loop."""
        return self._fetcher
