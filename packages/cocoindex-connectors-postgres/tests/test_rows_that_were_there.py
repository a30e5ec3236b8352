"""A row of a table of others that was there before it was declared stays when it is no longer declared."""

from __future__ import annotations

from sql_tables.rows_that_were_there import RowsThatWereThere


class TestRowsThatWereThere(RowsThatWereThere):
    """The tests of all SQL connectors."""
