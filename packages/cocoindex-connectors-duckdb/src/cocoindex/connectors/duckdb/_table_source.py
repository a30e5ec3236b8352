"""A table as a source.

DuckDB connector, source layer.
"""

from __future__ import annotations

from cocoindex.connectorkits import sql

from ._dialect import DIALECT
from ._types import RowT

__all__ = ["DuckdbTableSource"]


class DuckdbTableSource(sql.TableSource[RowT]):
    """A table, or view, whose rows are read.

    Args:
        connection: made by `duckdb.connect` or `duckdb.managed_connection`.
        table_name: the table, in the schema `main`.
        columns: the columns to read; without them the fields of `row_type`, and without that all.
        row_factory: makes a row of a dict of its columns; not together with `row_type`.
        row_type: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict that rows become.
    """

    dialect = DIALECT
