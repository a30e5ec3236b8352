"""What connectors of SQL databases are made of: tables as targets and as sources (facade: names only)."""

from ._column import ColumnDef as ColumnDef
from ._column import ColumnLike as ColumnLike
from ._column import SqlType as SqlType
from ._column import ValueEncoder as ValueEncoder
from ._column import VectorLike as VectorLike
from ._errors import SqlErrors as SqlErrors
from ._json_text import json_builtins as json_builtins
from ._json_text import json_text as json_text
from ._names import check_name as check_name
from ._names import quoted as quoted
from ._table_schema import TableSchema as TableSchema
from ._type_map import TypeMap as TypeMap

# Messages, `help()` and pickles name the place where users find things, not the one where they are written.
for _value in list(globals().values()):
    if getattr(_value, "__module__", "").startswith(f"{__name__}._"):
        _value.__module__ = __name__
