"""A row that a trigger or a rule keeps from being stored fails its component, and a deleted row that stays is told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresRowError, PostgresTableError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[dict[str, Any]](
    {"id": postgres.ColumnDef("bigint"), "a": postgres.ColumnDef("text")}, ["id"]
)
TABLE = "CREATE TABLE docs (id bigint PRIMARY KEY, a text)"
FUNCTION = "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$"
TRIGGER = "CREATE TRIGGER meddler {} ON docs FOR EACH ROW EXECUTE FUNCTION meddle()"
DROPS_2 = "IF NEW.id = 2 THEN RETURN NULL; END IF; RETURN NEW;"


@coco.fn
async def row_of(id: int, a: str, table: postgres.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row={"id": id, "a": a})


@coco.fn
async def main(count: int, a: str, first: int = 0) -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA, managed_by="user")
    for id in range(first, count):
        await coco.mount(coco.component_subpath(id), row_of, id, a, table)


def meddles(project: Project, when: str, body: str) -> None:
    project.run(FUNCTION.format(body), TRIGGER.format(when))


def fails_alone(project: Project, message: str) -> None:
    assert len(project.failures) == 1
    with pytest.raises(PostgresRowError, match=message):
        raise project.failures[0]


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize(
    ("when", "body"),
    [
        ("BEFORE INSERT", DROPS_2),
        ("BEFORE INSERT", "IF NEW.id = 2 THEN NEW.id := 1002; END IF; RETURN NEW;"),
        ("AFTER INSERT", "DELETE FROM docs WHERE id = 2; RETURN NULL;"),
    ],
    ids=["dropped", "another key", "deleted again"],
)
def test_a_row_that_a_trigger_keeps_from_being_stored(project: Project, when: str, body: str, count: int) -> None:
    project.run(TABLE)
    meddles(project, when, body)
    project.update(main, count, "x")
    fails_alone(project, r"row \(id=2\) of the table public.docs .* did not store it .* \(trigger meddler\)")
    assert project.ids == [id for id in range(count) if id != 2]
    project.run("DROP TRIGGER meddler ON docs")
    project.update(main, count, "x")
    assert project.failures == []
    assert project.ids == [*range(count)]


@pytest.mark.parametrize("count", [3, 60])
def test_a_change_that_a_trigger_drops(project: Project, count: int) -> None:
    project.run(TABLE)
    project.update(main, count, "x")
    meddles(project, "BEFORE UPDATE", DROPS_2)
    project.update(main, count, "y")
    fails_alone(project, r"row \(id=2\)")
    assert project.query("SELECT id FROM docs WHERE a = 'x'") == [(2,)]


@pytest.mark.parametrize("count", [3, 60])
def test_a_trigger_that_leaves_unchanged_rows_as_they_are(project: Project, count: int) -> None:
    project.run(
        TABLE,
        "CREATE TRIGGER same BEFORE UPDATE ON docs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    )
    project.update(main, count, "x")
    before = project.versions("docs")
    project.update(main, count, "x", full_reprocess=True)
    assert project.failures == []
    assert project.versions("docs") == before


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize("raises", ["'not two'", "SQLSTATE 'U0001' USING MESSAGE = 'not two'"])
def test_a_row_that_a_trigger_refuses(
    project: Project, raises: str, count: int, caplog: pytest.LogCaptureFixture
) -> None:
    project.run(TABLE)
    meddles(project, "BEFORE INSERT", f"IF NEW.id = 2 THEN RAISE EXCEPTION {raises}; END IF; RETURN NEW;")
    project.update(main, count, "x")
    fails_alone(project, r"refuses the row \(id=2\) of the table public.docs: .*not two")
    assert [record.name for record in caplog.records if record.name.startswith("psycopg")] == []


def test_a_row_that_a_view_refuses(project: Project) -> None:
    project.run(TABLE.replace("docs", "base"), "CREATE VIEW docs AS SELECT * FROM base WHERE id <> 2 WITH CHECK OPTION")
    project.update(main, 60, "x")
    fails_alone(project, r"refuses the row \(id=2\) of the table public.docs: .*check option")


def test_a_rule_that_drops_all_rows(project: Project) -> None:
    project.run(TABLE, "CREATE RULE nothing AS ON INSERT TO docs DO INSTEAD NOTHING")
    project.update(main, 1, "x")
    fails_alone(project, r"row \(id=0\) .* \(rule nothing\)")


@pytest.mark.parametrize(
    "keeps",
    [
        [FUNCTION.format("RETURN NULL;"), TRIGGER.format("BEFORE DELETE")],
        ["CREATE RULE nothing AS ON DELETE TO docs DO INSTEAD NOTHING"],
    ],
    ids=["trigger", "rule"],
)
def test_deleted_rows_that_stay_are_told_once(
    project: Project, keeps: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    project.run(TABLE, *keeps)
    project.update(main, 60, "x")
    with caplog.at_level(logging.WARNING):
        project.update(main, 60, "x", 2)
    assert project.failures == []
    assert [record.getMessage() for record in caplog.records] == [
        "the table public.docs still has 2 of the rows that were deleted from it without an error: a trigger, rule or "
        "policy of the table keeps them. The app does not know these rows any more"
    ]


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        (["CREATE MATERIALIZED VIEW docs AS SELECT 1::bigint AS id, 'x' AS a"], "materialized view"),
        (["CREATE VIEW docs AS SELECT count(*) AS id, 'x' AS a FROM pg_class"], "has no upsert .* for this view"),
        (
            [
                TABLE.replace("docs", "base"),
                "CREATE VIEW docs AS SELECT * FROM base",
                FUNCTION.format("RETURN NULL;"),
                TRIGGER.format("INSTEAD OF INSERT"),
            ],
            "has no upsert .* for this view",
        ),
        (["CREATE TABLE docs (id bigint, a text)"], r"PRIMARY KEY or UNIQUE constraint on exactly \(id\)"),
        (["CREATE TABLE docs (id bigint UNIQUE DEFERRABLE, a text)"], "which is not deferrable"),
    ],
)
def test_what_takes_no_rows_is_told_once(project: Project, statements: list[str], why: str) -> None:
    project.run(*statements)
    with pytest.raises(PostgresTableError, match=f"rows of the table public.docs cannot be written: .*{why}"):
        project.update(main, 2, "x")


def test_a_trigger_that_needs_what_is_not_there(project: Project) -> None:
    project.run(TABLE)
    meddles(project, "BEFORE INSERT", "INSERT INTO nowhere VALUES (1); RETURN NEW;")
    project.update(main, 1, "x")
    (failure,) = project.failures
    assert type(failure) is PostgresTableError  # the table is not lost
    assert "nowhere" in str(failure)
    assert "function meddle()" in str(failure)
