"""What others did to a table is mended by the next update, with all its rows, also those of memoized components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sql_tables.mended_table import MendedTable, main_declared

if TYPE_CHECKING:
    from tests.conftest import Project


class TestMendedTable(MendedTable):
    """The tests of all SQL connectors."""

    def test_a_declared_table_that_is_gone_is_made_again(self, project: Project) -> None:
        project.update(main_declared, project.kind, [1])
        project.run("DROP TABLE docs")
        project.update(main_declared, project.kind, [1])
        assert project.ids == [1]
