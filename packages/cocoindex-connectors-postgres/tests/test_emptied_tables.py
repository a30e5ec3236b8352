"""A table that somebody emptied is filled again; what is memoized stays where there was nothing to lose."""

from __future__ import annotations

from sql_tables.emptied_tables import EmptiedTables


class TestEmptiedTables(EmptiedTables):
    """The tests of all SQL connectors."""

    empty = "TRUNCATE docs"
