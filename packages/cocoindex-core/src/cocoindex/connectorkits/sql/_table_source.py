"""A table as a source: the columns to read, and the conversion of rows.

Layer: connectorkits.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple

from cocoindex._shown import shown

from ..record_reader import columns_to_read
from ._errors import SqlErrors
from ._type_variables import RowT

if TYPE_CHECKING:
    from ._dialect import Dialect
    from ._row_fetcher import RowFetcher

__all__ = ["SourceSpec", "TableSource", "source_spec"]


class SourceSpec(NamedTuple, Generic[RowT]):
    """The table, the columns and the row conversion of a source.

    Args:
        table: the name of the table.
        columns: the columns to read; None for all.
        row_factory: converts a dict to a row; None to return dicts.
    """

    table: str
    columns: Sequence[str] | None
    row_factory: Callable[[dict[str, Any]], RowT] | None


def source_spec(
    table: str,
    columns: Sequence[str] | None,
    row_factory: Callable[[dict[str, Any]], RowT] | None,
    row_type: type[RowT] | None,
    row_reader: Callable[[type[RowT]], Callable[[dict[str, Any]], RowT]],
    errors: SqlErrors,
    *,
    of: str,
) -> SourceSpec[RowT]:
    """Check the arguments of a source and return what to read.

    Args:
        table: the name of the table.
        columns: the columns to read; by default the fields of `row_type`, or all.
        row_factory: converts a dict of columns to a row; not together with `row_type`.
        row_type: the type of the rows: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict.
        row_reader: returns the function that converts a dict to a `row_type`.
        errors: the exception classes to raise.
        of: the name of the source's class in messages.

    Raises:
        the `errors`: both `row_factory` and `row_type` are given, an argument has the wrong type, or `columns` is not a
            list of names that `row_type` has.
    """
    if not isinstance(table, str):
        raise errors.argument(f"table_name= of a {of} is a str, not {shown(table)}")
    if row_factory is not None and row_type is not None:
        raise errors.schema(
            f"the source {table!r} takes row_type or row_factory, not both: each says what a row becomes"
        )
    if row_factory is not None and (not callable(row_factory) or inspect.iscoroutinefunction(row_factory)):
        raise errors.argument(
            f"row_factory= of the source {table!r} is a sync function of a dict, not {shown(row_factory)}"
        )
    chosen = columns_to_read(table, columns, row_type, error=errors.schema, type_error=errors.record_type)
    return SourceSpec(table, chosen, row_reader(row_type) if row_type is not None else row_factory)


class TableSource(Generic[RowT]):
    """A table or view whose rows are read. A connector derives its own class and sets `dialect`.

    Args:
        connection: the database object that the dialect accepts.
        table_name: the name of the table.
        columns: the columns to read; by default the fields of `row_type`, or all.
        row_factory: converts a dict of columns to a row; not together with `row_type`.
        row_type: the type of the rows: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict.
        options: further options of the connector, as for a table target.

    Raises:
        the errors of `source_spec`.
        ContextTypeError: (a TypeError) `connection` is not a connection of this connector.
    """

    dialect: ClassVar[Dialect[Any, Any, Any, Any, Any]]

    def __init__(
        self,
        connection: Any,
        *,
        table_name: str,
        columns: Sequence[str] | None = None,
        row_factory: Callable[[dict[str, Any]], RowT] | None = None,
        row_type: type[RowT] | None = None,
        **options: Any,
    ) -> None:
        dialect = self.dialect
        self._spec: SourceSpec[RowT] = source_spec(
            table_name, columns, row_factory, row_type, dialect.row_reader, dialect.errors, of=type(self).__name__
        )
        self._db = dialect.database(connection, f"the {dialect.provided} of the source {table_name!r}")
        self._name = dialect.table_name(table_name, **options)

    def fetch_rows(self) -> RowFetcher[RowT]:
        """Return the rows; iterate with `async for`, or with `for` in a thread without an event loop."""
        return self.dialect.row_fetcher(self._db, self._name, self._spec)
