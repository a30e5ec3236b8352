"""PostgreSQL tables as sources, and as targets whose rows are declared; with pgvector.

Facade of the Postgres connector: names only.
"""

from . import errors as errors
from ._column import ColumnDef as ColumnDef
from ._column import PgType as PgType
from ._column import ValueEncoder as ValueEncoder
from ._pool import create_pool as create_pool
from ._row_fetcher import PgSourceSpec as PgSourceSpec
from ._row_fetcher import RowFetcher as RowFetcher
from ._table_schema import TableSchema as TableSchema
from ._table_source import PgTableSource as PgTableSource
from ._table_target import TableTarget as TableTarget
from ._table_target import declare_table_target as declare_table_target
from ._table_target import mount_table_target as mount_table_target
from ._table_target import table_target as table_target

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = [
    "ColumnDef",
    "PgSourceSpec",
    "PgTableSource",
    "PgType",
    "RowFetcher",
    "TableSchema",
    "TableTarget",
    "ValueEncoder",
    "create_pool",
    "declare_table_target",
    "errors",
    "mount_table_target",
    "table_target",
]
