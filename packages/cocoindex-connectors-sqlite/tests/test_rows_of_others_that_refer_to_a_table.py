"""Rows of others stay that refer to a table by foreign keys, which SQLite would delete or change with the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteTableError
from cocoindex.errors import DropError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")
ID, TEXT = sqlite.ColumnDef("INTEGER"), sqlite.ColumnDef("TEXT")
FULL = sqlite.ColumnDef("TEXT", nullable=False)


@coco.fn
async def main(columns: dict[str, sqlite.ColumnDef], key: list[str]) -> None:
    table = await sqlite.mount_table_target(DB, "docs", sqlite.TableSchema[Any](columns, key))
    table.declare_row(row={name: 1 if column is ID else "x" for name, column in columns.items()})


@pytest.fixture(params=["CASCADE", "SET NULL", "RESTRICT", "NO ACTION DEFERRABLE INITIALLY DEFERRED"])
def notes(project: Project, request: pytest.FixtureRequest) -> Project:
    """A project with a row of another table that refers to the one row of its own."""
    with project.connection.readonly() as connection:
        connection.execute("PRAGMA foreign_keys = ON")
    project.update(main, {"id": ID, "lang": TEXT, "a": TEXT}, ["id", "lang"])
    project.run(
        "CREATE TABLE notes (n INTEGER PRIMARY KEY, doc INTEGER, lang TEXT, FOREIGN KEY (doc, lang) "
        f"REFERENCES DOCS (id, lang) ON DELETE {request.param})",
        "INSERT INTO notes VALUES (1, 1, 'x'), (2, NULL, 'x')",
    )
    return project


NOTES = [(1, 1, "x"), (2, None, "x")]


def test_the_table_is_not_made_anew(notes: Project) -> None:
    with pytest.raises(SqliteTableError, match="would lose what others added: rows of the table 'notes' that refer"):
        notes.update(main, {"id": ID, "lang": TEXT, "a": TEXT, "b": FULL}, ["id", "lang"])
    assert notes.query("SELECT * FROM notes") == NOTES
    assert notes.query("SELECT id, lang, a FROM docs") == [(1, "x", "x")]
    notes.update(main, {"id": ID, "lang": TEXT, "a": TEXT, "b": TEXT}, ["id", "lang"])  # a column is added in place
    assert notes.query("SELECT * FROM notes") == NOTES


def test_the_table_is_not_dropped(notes: Project) -> None:
    with pytest.raises(DropError, match="not dropped, as rows of 'notes' refer to it"):
        notes.drop(main, {}, [])
    assert notes.query("SELECT * FROM notes") == NOTES
    notes.run("DELETE FROM notes WHERE n = 1")
    notes.drop(main, {}, [])
    assert notes.query("SELECT name FROM sqlite_master WHERE name = 'docs'") == []
    assert notes.query("SELECT * FROM notes") == NOTES[1:]


def test_without_enforcement_they_stay_as_they_are(notes: Project) -> None:
    with notes.connection.readonly() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
    notes.update(main, {"id": ID, "lang": TEXT, "a": TEXT, "b": FULL}, ["id", "lang"])
    assert notes.query("SELECT * FROM notes") == NOTES
    notes.drop(main, {}, [])
    assert notes.query("SELECT * FROM notes") == NOTES
