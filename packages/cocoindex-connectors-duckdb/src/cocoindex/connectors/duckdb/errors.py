"""Errors of the DuckDB connector; it also raises those of the SQL kit, `cocoindex.errors.Sql…`. Connector layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class DuckdbConnectionError(CocoIndexError, ConnectionError):
    """A DuckDB database cannot be opened or used, or its connection was closed."""


class DuckdbBusyError(DuckdbConnectionError, TimeoutError):
    """Another process has the database file open, or other transactions repeatedly changed the same rows."""


class DuckdbExtensionError(CocoIndexError, RuntimeError):
    """A required DuckDB extension cannot be loaded."""
