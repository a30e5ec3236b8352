"""A database that was copied, marks and all, is another one: its rows are written again, once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sql_tables.whose_table import declared, fill

if TYPE_CHECKING:
    from tests.conftest import Project, Server


@pytest.mark.parametrize("main", [fill, declared], ids=["mounted", "declared"])
def test_what_was_written_after_the_copy_is_written_into_it(
    project: Project, server: Server, tmp_path: Path, main: Any
) -> None:
    project.update(main, project.kind, [1, 2])
    original, copy = project.database, str(conninfo_to_dict(project.database)["dbname"]) + "_copy"
    server.run(f"CREATE DATABASE {copy} TEMPLATE {conninfo_to_dict(original)['dbname']}")
    try:
        project.update(main, project.kind, [2, 3])
        project.database = make_conninfo(original, dbname=copy)
        project.update(main, project.kind, [2, 3])
        assert {2, 3} <= set(project.ids)
        assert project.update(main, project.kind, [2, 3]).num_unchanged == 2
        project.update(main, project.kind, [3])
        assert 2 not in project.ids
        project.database = original
        assert project.ids == [2, 3]
    finally:
        server.run(f"DROP DATABASE {copy} WITH (FORCE)")


def test_a_table_that_is_made_anew_is_no_copy(project: Project) -> None:
    project.update(fill, project.kind, [1, 2])
    project.run("DROP TABLE docs")
    project.update(fill, project.kind, [1, 2])
    assert project.update(fill, project.kind, [1, 2]).num_unchanged == 2
