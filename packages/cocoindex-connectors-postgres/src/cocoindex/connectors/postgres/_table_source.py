"""A table as a source: which rows, and what becomes of each.

Postgres connector, source layer.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, overload

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.record_reader import columns_to_read

from ._identifier import check_name
from ._pool import Pool, check_pool
from ._row_fetcher import PgSourceSpec, RowFetcher
from ._row_reader import row_reader, text_fields
from .errors import PostgresArgumentError, PostgresRecordTypeError, PostgresSchemaError

__all__ = ["PgTableSource"]

RowT = TypeVar("RowT")


class PgTableSource(Generic[RowT]):
    """A table, or view, whose rows are read.

    Args:
        pool: a `psycopg_pool.AsyncConnectionPool`.
        table_name: the table.
        columns: the columns to read; without them the fields of `row_type`, and without that all.
        pg_schema_name: the schema in which the table is, `public` by default.
        row_factory: makes a row of a dict of its columns; not together with `row_type`.
        row_type: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict that rows become.

    Raises:
        PostgresSchemaError: (a ValueError) both `row_factory` and `row_type` are given, or `columns` names what
            `row_type` does not have, or a name is none.
        PostgresRecordTypeError, PostgresArgumentError: (TypeErrors) `row_type` is no record type, or `row_factory` no
            sync function.
        ContextTypeError: (a TypeError) `pool` is no such pool.
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
        if row_factory is not None and row_type is not None:
            raise PostgresSchemaError(
                f"the source {table_name!r} takes row_type or row_factory, not both: each says what a row becomes"
            )
        if row_factory is not None and (not callable(row_factory) or inspect.iscoroutinefunction(row_factory)):
            raise PostgresArgumentError(
                f"row_factory= of the source {table_name!r} is a sync function of a dict, not {shown(row_factory)}"
            )
        self._pool = check_pool(pool, f"the pool of the source {table_name!r}")
        self._spec = PgSourceSpec(table_name, _columns(table_name, columns, row_type), pg_schema_name)
        self._row_factory = row_reader(row_type) if row_type is not None else row_factory
        self._texts = text_fields(row_type) if row_type is not None else None
        check_name("table", table_name)
        check_name("schema", self._spec.name.schema)

    def fetch_rows(self) -> RowFetcher[RowT]:
        """The rows, to iterate over with `async for`, or with `for` in a thread without an event loop."""
        return RowFetcher(self._pool, self._spec, self._row_factory, text_fields=self._texts)


def _columns(table: str, columns: Sequence[str] | None, row_type: type[Any] | None) -> Sequence[str] | None:
    chosen = columns_to_read(table, columns, row_type, error=PostgresSchemaError, type_error=PostgresRecordTypeError)
    for name in columns or ():
        check_name("column", name)
    return chosen
