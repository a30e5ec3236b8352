"""A table is not made anew while others have something on it that would be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresTableError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
ID, TEXT = postgres.ColumnDef("bigint"), postgres.ColumnDef("text")
VECTOR = postgres.ColumnDef("vector(2)")
BASE = {"id": ID, "a": TEXT, "v": VECTOR}
FULL = {**BASE, "b": postgres.ColumnDef("text", nullable=False)}


@coco.fn
async def main(columns: dict[str, postgres.ColumnDef]) -> None:
    table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[Any](columns, ["id"]))
    table.declare_row(row={"id": 1, **{name: [1, 2] if name == "v" else "x" for name in columns if name != "id"}})
    table.declare_vector_index(column="v")
    table.declare_sql_command_attachment(name="by_a", setup_sql="CREATE INDEX by_a ON docs (a)")
    table.declare_sql_command_attachment(name="checked", setup_sql="ALTER TABLE docs ADD CHECK (a <> 'y')")
    table.declare_sql_command_attachment(
        name="told", setup_sql="CREATE TRIGGER told AFTER INSERT ON docs EXECUTE FUNCTION tell()"
    )


TELL = "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"


def test_what_was_declared_is_made_anew_with_the_table(project: Project) -> None:
    project.run(TELL)
    project.update(main, BASE)
    project.update(main, FULL)
    assert project.failures == []
    assert project.query("SELECT id, a, b FROM docs") == [(1, "x", "x")]
    indexes = project.query("SELECT indexname FROM pg_indexes WHERE tablename = 'docs' ORDER BY 1")
    assert indexes == [("by_a",), ("docs__vector__v",), ("docs_pkey",)]
    assert project.query("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == [("told",)]


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ("ALTER TABLE docs ADD COLUMN note text DEFAULT 'mine'", "the column 'note'"),
        ("CREATE INDEX mine ON docs (a)", "the index 'mine'"),
        ("CREATE TRIGGER mine AFTER INSERT ON docs EXECUTE FUNCTION tell()", "the trigger 'mine'"),
        ("ALTER TABLE docs ADD CONSTRAINT mine CHECK (a <> '')", "the constraint 'mine'"),
        ("ALTER TABLE docs ADD CONSTRAINT mine UNIQUE (a)", "the constraint 'mine'"),
        ("CREATE POLICY mine ON docs", "the policy 'mine'"),
        ("CREATE STATISTICS mine ON id, a FROM docs", "the statistics 'mine'"),
        ("CREATE PUBLICATION mine FOR TABLE docs", "the publication 'mine'"),
        ("CREATE RULE mine AS ON DELETE TO docs DO ALSO NOTHING", "the rule 'mine'"),
    ],
)
def test_what_others_added_keeps_a_table_from_being_made_anew(project: Project, extra: str, named: str) -> None:
    project.run(TELL)
    project.update(main, BASE)
    project.run(extra)
    with pytest.raises(PostgresTableError, match=f"and would lose what others added: {named}. Drop these"):
        project.update(main, FULL)
    assert project.query("SELECT id, a FROM docs") == [(1, "x")]
    project.update(main, {**BASE, "b": TEXT})
    assert project.query("SELECT id, a, b FROM docs") == [(1, "x", "x")]


def test_who_may_do_what_stays(project: Project) -> None:
    project.run("DROP ROLE IF EXISTS cocoindex_grantee", "CREATE ROLE cocoindex_grantee")
    try:
        project.run(TELL)
        project.update(main, BASE)
        project.run(
            "GRANT SELECT, INSERT ON docs TO cocoindex_grantee WITH GRANT OPTION",
            "GRANT SELECT ON docs TO PUBLIC",
            "GRANT UPDATE (a, v) ON docs TO cocoindex_grantee",
        )
        seen = "SELECT grantee, privilege_type, is_grantable FROM information_schema.table_privileges"
        columns = "SELECT grantee, column_name, privilege_type FROM information_schema.column_privileges"
        where = " WHERE table_name = 'docs' ORDER BY 1, 2, 3"
        before = project.query(seen + where)
        project.update(main, FULL)
        assert project.failures == []
        assert project.query("SELECT b FROM docs") == [("x",)]
        assert project.query(seen + where) == before
        updates = [
            row for row in project.query(columns + where) if row[0] == "cocoindex_grantee" and row[2] == "UPDATE"
        ]
        assert [column for _, column, _ in updates] == ["a", "v"]
    finally:
        project.run("DROP OWNED BY cocoindex_grantee", "DROP ROLE cocoindex_grantee")


def test_what_was_set_stays(project: Project) -> None:
    project.run("DROP ROLE IF EXISTS cocoindex_owner", "CREATE ROLE cocoindex_owner")
    try:
        project.run(TELL)
        project.update(main, BASE)
        project.run(
            "ALTER TABLE docs ALTER a SET DEFAULT 'it''s ' || current_date",
            "COMMENT ON COLUMN docs.a IS 'it''s \\ mine'",
            "ALTER TABLE docs SET (fillfactor = 70, autovacuum_enabled = false)",
            "ALTER TABLE docs ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE docs REPLICA IDENTITY FULL",
            "ALTER TABLE docs OWNER TO cocoindex_owner",
        )
        seen = (
            "SELECT pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum), reloptions, relrowsecurity, "
            "relreplident, relowner::regrole::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.oid = 'docs'::regclass"
        )
        before = project.query(f"SELECT 'docs'::regclass::oid, * FROM ({seen}) seen")
        project.update(main, FULL)
        assert project.failures == []
        ((made, *after),) = project.query(f"SELECT 'docs'::regclass::oid, * FROM ({seen}) seen")
        assert made != before[0][0] and after == list(before[0][1:])
    finally:
        project.run("DROP OWNED BY cocoindex_owner CASCADE", "DROP ROLE cocoindex_owner")


SERIAL = {"id": ID, "n": postgres.ColumnDef("serial")}


@coco.fn
async def numbered(columns: dict[str, postgres.ColumnDef]) -> None:
    table = await postgres.mount_table_target(DB, "numbered", postgres.TableSchema[Any](columns, ["id"]))
    table.declare_row(row=dict.fromkeys(columns, 1))


def test_the_sequence_of_a_serial_column_is_made_with_the_table(project: Project) -> None:
    project.update(numbered, SERIAL)
    project.update(numbered, {**SERIAL, "m": postgres.ColumnDef("int", nullable=False)})
    assert project.failures == []
    assert project.query("SELECT * FROM numbered") == [(1, 1, 1)]
    assert project.query("SELECT pg_get_serial_sequence('numbered', 'n')") == [("public.numbered_n_seq",)]
