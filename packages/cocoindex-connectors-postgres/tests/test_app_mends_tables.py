"""What others did to a table is mended by the next update, with all its rows, also those of memoized components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresTableError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[dict[str, Any]](
    {"id": postgres.ColumnDef("bigint"), "a": postgres.ColumnDef("text")}, ["id"]
)


@coco.fn(memo=True)
async def row_of(id: int, table: postgres.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row={"id": id, "a": f"a{id}"})


@coco.fn
async def main(ids: list[int]) -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA)
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table)


@pytest.mark.parametrize(
    "damage",
    [
        ("DROP TABLE docs",),
        ("ALTER TABLE docs DROP COLUMN a",),
        ("ALTER TABLE docs RENAME COLUMN a TO b",),
        ("ALTER TABLE docs RENAME TO elsewhere",),
        ("ALTER TABLE docs ALTER COLUMN a TYPE varchar(9)",),
        ("ALTER TABLE docs ALTER COLUMN a SET NOT NULL",),
        ("ALTER TABLE docs DROP CONSTRAINT docs_pkey",),
        ("DROP SCHEMA public CASCADE",),
    ],
)
def test_mended(project: Project, damage: tuple[str, ...]) -> None:
    project.update(main, [1, 2, 3])
    project.run(*damage)
    project.update(main, [1, 2, 4])
    assert project.query("SELECT id, a FROM docs ORDER BY id") == [(1, "a1"), (2, "a2"), (4, "a4")]
    assert project.failures == []
    before = project.versions("docs")
    project.update(main, [1, 2, 4])
    assert project.versions("docs") == before


def test_columns_and_rows_of_others_stay(project: Project) -> None:
    project.update(main, [1, 2])
    project.run("ALTER TABLE docs ADD COLUMN note text", "UPDATE docs SET note = 'mine'")
    project.run("INSERT INTO docs (id, a, note) VALUES (99, 'theirs', 'yours')")
    project.update(main, [1, 3])
    assert project.query("SELECT * FROM docs ORDER BY id") == [
        (1, "a1", "mine"),
        (3, "a3", None),
        (99, "theirs", "yours"),
    ]


def test_table_that_was_dropped_before_the_app(project: Project) -> None:
    project.update(main, [1])
    project.run("DROP TABLE docs")
    project.drop(main, [])
    assert project.query("SELECT to_regclass('docs')") == [(None,)]


@coco.fn
async def keep(ids: list[int], table: postgres.TableTarget[dict[str, Any]]) -> None:
    for id in ids:
        table.declare_row(row={"id": id, "a": f"a{id}"})


@coco.fn
async def declare() -> postgres.TableTarget[dict[str, Any], coco.PendingS]:
    return postgres.declare_table_target(DB, "docs", SCHEMA)


@coco.fn
async def main_declared(ids: list[int]) -> None:
    table = await coco.use_mount(coco.component_subpath("table"), declare)
    await coco.mount(coco.component_subpath("rows"), keep, ids, table)


def test_declared_table_that_is_gone_is_an_error_that_says_what_to_do(project: Project) -> None:
    project.update(main_declared, [1])
    project.run("DROP TABLE docs")
    with pytest.raises(PostgresTableError, match=r"the table public.docs is gone, .* full_reprocess=True"):
        project.update(main_declared, [1])
    project.update(main_declared, [1, 2], full_reprocess=True)
    assert project.query("SELECT id FROM docs ORDER BY id") == [(1,), (2,)]
