"""DuckDB tables as sources, and as targets whose rows are declared; with HNSW vector indexes.

Facade of the DuckDB connector: names only.
"""

from cocoindex.connectorkits.sql import ColumnDef as ColumnDef

from . import errors as errors
from ._connection import ManagedConnection as ManagedConnection
from ._connection import connect as connect
from ._connection import managed_connection as managed_connection
from ._table_source import DuckdbTableSource as DuckdbTableSource
from ._table_target import TableTarget as TableTarget
from ._table_target import declare_table_target as declare_table_target
from ._table_target import mount_table_target as mount_table_target
from ._table_target import table_target as table_target
from ._types import DuckdbType as DuckdbType
from ._types import TableSchema as TableSchema

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = [
    "ColumnDef",
    "DuckdbTableSource",
    "DuckdbType",
    "ManagedConnection",
    "TableSchema",
    "TableTarget",
    "connect",
    "declare_table_target",
    "errors",
    "managed_connection",
    "mount_table_target",
    "table_target",
]
