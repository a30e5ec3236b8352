"""SQLite tables as sources, and as targets whose rows are declared; with vec0 vector tables.

Facade of the SQLite connector: names only. `sqlite3` is the library in use, whose errors a program may catch.
"""

from . import errors as errors
from ._column import ColumnDef as ColumnDef
from ._column import SqliteType as SqliteType
from ._column import ValueEncoder as ValueEncoder
from ._connect import connect as connect
from ._connect import managed_connection as managed_connection
from ._connection import ManagedConnection as ManagedConnection
from ._driver import sqlite3 as sqlite3
from ._row_fetcher import RowFetcher as RowFetcher
from ._table_schema import TableSchema as TableSchema
from ._table_source import SqliteTableSource as SqliteTableSource
from ._table_target import TableTarget as TableTarget
from ._table_target import declare_table_target as declare_table_target
from ._table_target import mount_table_target as mount_table_target
from ._table_target import table_target as table_target
from ._vec0_table_def import Vec0TableDef as Vec0TableDef

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = [
    "ColumnDef",
    "ManagedConnection",
    "RowFetcher",
    "SqliteTableSource",
    "SqliteType",
    "TableSchema",
    "TableTarget",
    "ValueEncoder",
    "Vec0TableDef",
    "connect",
    "declare_table_target",
    "errors",
    "managed_connection",
    "mount_table_target",
    "sqlite3",
    "table_target",
]
