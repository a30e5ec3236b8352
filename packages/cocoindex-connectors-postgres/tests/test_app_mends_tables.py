"""What others did to a table is mended by the next update, with all its rows, also those of memoized components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sql_tables.mended_table import MendedTable, main_declared

from cocoindex.connectors.postgres.errors import PostgresTableError

if TYPE_CHECKING:
    from tests.conftest import Project


class TestMendedTable(MendedTable):
    """The tests of all SQL connectors, and of what only this database allows."""

    @pytest.mark.parametrize(
        "damage",
        [
            "ALTER TABLE docs ALTER COLUMN a TYPE varchar(9)",
            "ALTER TABLE docs ALTER COLUMN a SET NOT NULL",
            "ALTER TABLE docs DROP CONSTRAINT docs_pkey",
            "DROP SCHEMA public CASCADE",
        ],
    )
    def test_more_is_mended(self, project: Project, damage: str) -> None:
        self.check_that_it_is_mended(project, damage)

    def test_a_declared_table_that_is_gone_is_an_error_that_says_what_to_do(self, project: Project) -> None:
        project.update(main_declared, project.kind, [1])
        project.run("DROP TABLE docs")
        with pytest.raises(PostgresTableError, match=r"the table public.docs is gone, .* full_reprocess=True"):
            project.update(main_declared, project.kind, [1])
        project.update(main_declared, project.kind, [1, 2], full_reprocess=True)
        assert project.ids == [1, 2]
