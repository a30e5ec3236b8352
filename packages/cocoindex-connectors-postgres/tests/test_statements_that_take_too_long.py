"""If the server ends a statement for many rows because it takes too long, the rows are written by several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresBusyError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[dict[str, Any]](
    {"id": postgres.ColumnDef("bigint"), "a": postgres.ColumnDef("text")}, ["id"]
)
# Ends a statement as `statement_timeout` does, after a number of rows.
TIMEOUT = """
    CREATE FUNCTION few() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE n int := coalesce(nullif(current_setting('docs.rows', true), ''), '0')::int + 1;
    BEGIN
        IF TG_LEVEL = 'STATEMENT' THEN
            PERFORM set_config('docs.rows', '0', false);
            RETURN NULL;
        END IF;
        IF n > {most} THEN
            RAISE EXCEPTION 'too slow' USING ERRCODE = 'query_canceled';
        END IF;
        PERFORM set_config('docs.rows', n::text, false);
        RETURN coalesce(NEW, OLD);
    END $$
"""
TRIGGERS = [
    f"CREATE TRIGGER {each} BEFORE INSERT OR UPDATE OR DELETE ON docs FOR EACH {each} EXECUTE FUNCTION few()"
    for each in ("statement", "row")
]
LIMITED = {"kwargs": {"options": "-c statement_timeout=1h"}}


@coco.fn(memo=True)
async def row_of(id: int, text: str, table: postgres.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row={"id": id, "a": text})


@coco.fn
async def main(count: int, text: str, own: bool) -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA)
    for id in range(count):
        if own:
            await coco.mount(coco.component_subpath(id), row_of, id, text, table)
        else:
            await row_of(id, text, table)


@pytest.mark.parametrize("own", [True, False], ids=["many components", "one component"])
def test_rows_are_written_and_deleted_in_parts(project: Project, own: bool) -> None:
    project.pool_options = LIMITED
    project.update(main, 0, "", own)
    project.run(TIMEOUT.format(most=150), *TRIGGERS)
    for text, count in (("new", 700), ("newer", 700), ("newer", 3)):
        project.update(main, count, text, own)
        assert project.failures == []
        assert project.query("SELECT a, count(*) FROM docs GROUP BY a") == [(text, count)]


def test_a_refused_row_among_them_fails_alone(project: Project) -> None:
    project.pool_options = LIMITED
    project.update(main, 0, "", True)
    project.run(TIMEOUT.format(most=150), *TRIGGERS, "ALTER TABLE docs ADD CHECK (id <> 400)")
    project.update(main, 500, "new", True)
    assert len(project.failures) == 1
    assert project.query("SELECT count(*) FROM docs") == [(499,)]


@pytest.mark.parametrize(("most", "options"), [(0, LIMITED), (150, {})], ids=["too slow for one row", "cancelled"])
def test_what_no_smaller_statement_mends_is_an_error(project: Project, most: int, options: dict[str, Any]) -> None:
    project.pool_options = options
    project.update(main, 0, "", False)
    project.run(TIMEOUT.format(most=most), *TRIGGERS)
    with pytest.raises(PostgresBusyError, match="too slow"):
        project.update(main, 300, "new", False)
    assert project.query("SELECT count(*) FROM docs") == [(0,)]
