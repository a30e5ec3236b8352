"""Rows that others wrote into a table of an app are not removed with it; only those that the app wrote are."""

from __future__ import annotations

from sql_tables.rows_of_others import RowsOfOthers


class TestRowsOfOthers(RowsOfOthers):
    """The tests of all SQL connectors."""
