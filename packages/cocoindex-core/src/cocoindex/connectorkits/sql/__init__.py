"""What connectors of SQL databases are made of: tables as targets and as sources (facade: names only)."""

from ._actual_table import ActualColumn as ActualColumn
from ._actual_table import ActualTable as ActualTable
from ._actual_table import Differences as Differences
from ._blocking import action_sink as action_sink
from ._blocking import driven as driven
from ._column import ColumnDef as ColumnDef
from ._column import ColumnLike as ColumnLike
from ._column import SqlType as SqlType
from ._column import ValueEncoder as ValueEncoder
from ._column import VectorLike as VectorLike
from ._dialect import Dialect as Dialect
from ._errors import SqlErrors as SqlErrors
from ._explained import explained as explained
from ._json_text import json_builtins as json_builtins
from ._json_text import json_text as json_text
from ._names import check_name as check_name
from ._names import quoted as quoted
from ._plan_table import TableState as TableState
from ._plan_table import plan_table as plan_table
from ._rows_that_go import RowOfTable as RowOfTable
from ._shape_table import TableAction as TableAction
from ._table_handler import TableHandler as TableHandler
from ._table_mark import Mark as Mark
from ._table_record import ColumnRecord as ColumnRecord
from ._table_record import TableRecord as TableRecord
from ._table_record import column_records as column_records
from ._table_schema import TableSchema as TableSchema
from ._type_map import TypeMap as TypeMap

# Messages, `help()` and pickles name the place where users find things, not the one where they are written.
for _value in list(globals().values()):
    if getattr(_value, "__module__", "").startswith(f"{__name__}._"):
        _value.__module__ = __name__
