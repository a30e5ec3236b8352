"""A table that two apps declare: nobody's rows are lost, and it goes with the last of them."""

from __future__ import annotations

from sql_tables.tables_of_two_apps import TablesOfTwoApps


class TestTablesOfTwoApps(TablesOfTwoApps):
    """The tests of all SQL connectors."""
