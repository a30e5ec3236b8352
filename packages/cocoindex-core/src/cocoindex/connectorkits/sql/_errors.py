"""The exception classes that the kit raises for one database.

Layer: connectorkits. A connector derives its own from those of `cocoindex.errors`, or takes these as they are.
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
    """The classes of what the kit raises; each derives from the one that stands here.

    Args:
        argument: something of the wrong type was given.
        schema: the table cannot be created.
        record_type: the type of the rows is not a record type.
        table: a table is not there, or not as it should be.
        row: a row cannot be stored, or read as its type.
        attachment: an index or the like cannot be set up or removed.
        lost: a table into which rows are to be written is gone, or another one.
    """

    argument: type[SqlArgumentError] = SqlArgumentError
    schema: type[SqlSchemaError] = SqlSchemaError
    record_type: type[SqlRecordTypeError] = SqlRecordTypeError
    table: type[SqlTableError] = SqlTableError
    row: type[SqlRowError] = SqlRowError
    attachment: type[SqlAttachmentError] = SqlAttachmentError
    lost: type[SqlTableLostError] = SqlTableLostError


DEFAULT_ERRORS = SqlErrors()
"""The kit's own."""
