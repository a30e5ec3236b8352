"""A table that somebody drops, alters or exchanges during a live update is made or filled anew, with all its rows."""

from __future__ import annotations

from sql_tables.lost_table import LostTable


class TestLostTable(LostTable):
    """The tests of all SQL connectors."""

    anew = ", CHECK (id > 0)"  # DuckDB numbers no tables
