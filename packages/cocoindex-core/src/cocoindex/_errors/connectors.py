"""What is wrong with connectors that use the kits, and with their tables. Behind `cocoindex.errors`."""

from __future__ import annotations

from cocoindex.errors import ContainerLostError

from .base import CocoIndexError


class ConnectorKitError(CocoIndexError, TypeError):
    """An argument of a function of `cocoindex.connectorkits` or `cocoindex.testing` has the wrong type."""


class SqlArgumentError(CocoIndexError, TypeError):
    """An argument of an SQL connector has the wrong type."""


class SqlSchemaError(CocoIndexError, ValueError):
    """No such table can be made: its name, its columns or its primary key do not allow it."""


class SqlRecordTypeError(SqlSchemaError, TypeError):
    """The type of a table's rows is not a supported record type."""


class SqlTableError(CocoIndexError, RuntimeError):
    """A table is not there, is not as it should be, or cannot be read or written."""


class SqlTableLostError(SqlTableError, ContainerLostError):
    """A table is gone, or lacks what it had when it was looked at."""


class SqlAttachmentError(CocoIndexError, RuntimeError):
    """Something that belongs to a table, such as an index, cannot be set up or removed."""


class SqlRowError(CocoIndexError, ValueError):
    """A row cannot be stored in its table, or read as its row type."""
