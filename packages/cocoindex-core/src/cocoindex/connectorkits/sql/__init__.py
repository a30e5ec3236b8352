"""What connectors of SQL databases are made of: tables as targets and as sources (facade: names only)."""

from ._actual_table import ActualColumn as ActualColumn
from ._actual_table import ActualLike as ActualLike
from ._actual_table import ActualTable as ActualTable
from ._actual_table import Differences as Differences
from ._blocking import driven as driven
from ._column import ColumnDef as ColumnDef
from ._column import ColumnLike as ColumnLike
from ._column import SqlType as SqlType
from ._column import TypeLike as TypeLike
from ._column import ValueEncoder as ValueEncoder
from ._column import VectorLike as VectorLike
from ._contents_sink import AttachmentAction as AttachmentAction
from ._contents_sink import ContentsSink as ContentsSink
from ._dialect import Dialect as Dialect
from ._errors import SqlErrors as SqlErrors
from ._explained import explained as explained
from ._fair_lock import FairLock as FairLock
from ._json_text import json_builtins as json_builtins
from ._json_text import json_text as json_text
from ._key_moment import date_text as date_text
from ._key_moment import interval_text as interval_text
from ._key_moment import time_text as time_text
from ._key_moment import timestamp_text as timestamp_text
from ._key_number import exact_text as exact_text
from ._key_number import numeric_text as numeric_text
from ._names import check_name as check_name
from ._names import quoted as quoted
from ._plain_codec import plain_codec as plain_codec
from ._plain_codec import with_null as with_null
from ._plan_table import TableState as TableState
from ._plan_table import plan_table as plan_table
from ._row_encoder import NO_NULL as NO_NULL
from ._row_encoder import Codec as Codec
from ._row_encoder import EncodedRow as EncodedRow
from ._row_encoder import RowEncoder as RowEncoder
from ._row_fetcher import BlockingRowFetcher as BlockingRowFetcher
from ._row_fetcher import RowFetcher as RowFetcher
from ._row_handler import RowHandler as RowHandler
from ._row_reader import row_reader as row_reader
from ._shape_table import TableAction as TableAction
from ._sql_command import CommandHandler as CommandHandler
from ._sql_command import SqlCommand as SqlCommand
from ._sql_command import command_record as command_record
from ._table_handler import TableHandler as TableHandler
from ._table_mark import Mark as Mark
from ._table_record import ColumnRecord as ColumnRecord
from ._table_record import TableRecord as TableRecord
from ._table_record import column_records as column_records
from ._table_schema import TableSchema as TableSchema
from ._table_source import SourceSpec as SourceSpec
from ._table_source import TableSource as TableSource
from ._table_source import source_spec as source_spec
from ._table_target import TableTarget as TableTarget
from ._table_writer import RowAction as RowAction
from ._table_writer import StatementWriter as StatementWriter
from ._table_writer import TableWriter as TableWriter
from ._tables import Tables as Tables
from ._type_map import TypeMap as TypeMap
from ._type_variables import RowT as RowT
from ._vector_index import IndexHandler as IndexHandler
from ._vector_index import IndexRecord as IndexRecord
from ._vector_index import index_key as index_key

# Messages, `help()` and pickles name the place where users find things, not the one where they are written.
for _value in list(globals().values()):
    if getattr(_value, "__module__", "").startswith(f"{__name__}._"):
        _value.__module__ = __name__
