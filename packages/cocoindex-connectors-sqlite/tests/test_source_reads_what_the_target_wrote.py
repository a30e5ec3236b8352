"""Rows that a target stored come back as they were declared, when a source reads them as the same record type."""

from __future__ import annotations

from sql_tables.rows_come_back import RowsComeBack


class TestRowsComeBack(RowsComeBack):
    """The tests of all SQL connectors."""
