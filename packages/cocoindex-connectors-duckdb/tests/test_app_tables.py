"""Tables come and go as apps declare them; other tables, and those of other apps, are not touched."""

from __future__ import annotations

from sql_tables.declared_tables import DeclaredTables


class TestDeclaredTables(DeclaredTables):
    """The tests of all SQL connectors."""

    ignores_case = True
