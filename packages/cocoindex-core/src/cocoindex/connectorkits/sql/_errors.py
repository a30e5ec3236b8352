"""The exception classes that the kit raises for one database.

Layer: connectorkits. A connector derives its own from those in `cocoindex.errors`, or uses these unchanged.
"""

from __future__ import annotations

from typing import NamedTuple

from cocoindex.errors import (
    SqlArgumentError,
    SqlAttachmentError,
    SqlRecordTypeError,
    SqlRowError,
    SqlSchemaError,
    SqlTableError,
    SqlTableLostError,
)

__all__ = ["DEFAULT_ERRORS", "SqlErrors"]


class SqlErrors(NamedTuple):
    """The exception classes that the kit raises. Each one must be, or derive from, the default given here.

    Args:
        argument: an argument has the wrong type.
        schema: a table cannot be created as declared.
        record_type: the row type is not a record type.
        table: a table does not exist, or differs from its declaration.
        row: a row cannot be stored, or cannot be converted to the row type.
        attachment: an index or other attachment cannot be created or removed.
        lost: a table that rows are written to was dropped or replaced.
    """

    argument: type[SqlArgumentError] = SqlArgumentError
    schema: type[SqlSchemaError] = SqlSchemaError
    record_type: type[SqlRecordTypeError] = SqlRecordTypeError
    table: type[SqlTableError] = SqlTableError
    row: type[SqlRowError] = SqlRowError
    attachment: type[SqlAttachmentError] = SqlAttachmentError
    lost: type[SqlTableLostError] = SqlTableLostError


DEFAULT_ERRORS = SqlErrors()
"""The classes of `cocoindex.errors`."""
