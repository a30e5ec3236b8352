"""What a role may do has to be as much as an app really does, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cocoindex as coco
from cocoindex.connectors import postgres

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")


@coco.fn
async def main(count: int) -> None:
    columns = {"id": postgres.ColumnDef("bigint"), "v": postgres.ColumnDef("text")}
    table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[Any](columns, ["id"]))
    for id in range(count):
        table.declare_row(row={"id": id, "v": "x"})


def test_a_role_that_may_make_tables_in_the_schema_and_nothing_else(project: Project) -> None:
    ((database,),) = project.query("SELECT current_database()")
    project.run(
        "DROP ROLE IF EXISTS cocoindex_limited",
        "CREATE ROLE cocoindex_limited LOGIN",
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO cocoindex_limited",
        "GRANT USAGE, CREATE ON SCHEMA public TO cocoindex_limited",
    )
    project.pool_options = {"kwargs": {"user": "cocoindex_limited"}}
    for count in (100, 100, 30, 0):
        project.update(main, count)
        assert project.failures == []
        assert project.query("SELECT count(*) FROM docs") == [(count,)]
    project.drop(main, 0)
