"""Rows may exchange values that are unique, or hand them over, in one update."""

from __future__ import annotations

from sql_tables.unique_values import UniqueValues


class TestUniqueValues(UniqueValues):
    """The tests of all SQL connectors."""

    refusal = "name: taken"
