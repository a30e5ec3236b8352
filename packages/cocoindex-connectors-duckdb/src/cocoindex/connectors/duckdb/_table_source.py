"""A table as a source.

DuckDB connector, source layer.
"""

from __future__ import annotations

from cocoindex.connectorkits import sql

from ._dialect import DIALECT
from ._types import RowT

__all__ = ["DuckdbTableSource"]


class DuckdbTableSource(sql.TableSource[RowT]):
    """A table or view whose rows are read.

    Args:
        connection: a connection returned by `duckdb.connect` or `duckdb.managed_connection`.
        table_name: the name of the table or view, in the schema `main`.
        columns: the columns to read; by default the fields of `row_type`, or all.
        row_factory: converts a dict of columns to a row; not together with `row_type`.
        row_type: the type of the rows: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict.
    """

    dialect = DIALECT
