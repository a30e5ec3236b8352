"""Rows of vec0 tables that change need no more room than they had."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import cocoindex as coco
from cocoindex.connectors import sqlite

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")
COLUMNS = {
    "id": sqlite.ColumnDef("INTEGER"),
    "v": sqlite.ColumnDef("float[64]"),
    "lang": sqlite.ColumnDef("TEXT"),
    "kind": sqlite.ColumnDef("TEXT"),
    "note": sqlite.ColumnDef("TEXT"),
}
VEC0 = sqlite.Vec0TableDef(["lang"], ["note"])
Row = dict[str, Any]


@coco.fn
async def main(rows: list[Row]) -> None:
    schema = sqlite.TableSchema[Any](COLUMNS, ["id"])
    table = await sqlite.mount_table_target(DB, "docs", schema, virtual_table_def=VEC0)
    for row in rows:
        table.declare_row(row=row)


def row(id: int, n: float, lang: str = "en") -> Row:
    return {"id": id, "v": [n] * 64, "lang": lang, "kind": f"kind{n}", "note": None if n == 3 else f"note{n}"}


def test_a_table_does_not_grow_with_its_changes(project: Project, database: Path) -> None:
    project.update(main, [row(id, 0) for id in range(500)])
    before = project.query("SELECT page_count FROM pragma_page_count")[0][0]
    for change in range(1, 8):
        project.update(main, [row(id, change) for id in range(500)])
    after = project.query("SELECT page_count FROM pragma_page_count")[0][0]
    assert after <= before * 1.2
    assert project.query("SELECT count(*) FROM docs") == [(500,)]


def test_every_column_follows_and_a_row_may_move_to_another_partition(project: Project) -> None:
    for rows in ([row(1, 1), row(2, 2)], [row(1, 3), row(2, 2, "de")], [row(2, 4, "de"), row(3, 1)]):
        project.update(main, rows)
        assert project.failures == []
        found = project.query("SELECT id, vec_to_json(v), lang, kind, note FROM docs ORDER BY id")
        assert [(id, float(v[1:-1].split(",")[0]), *rest) for id, v, *rest in found] == [
            (each["id"], each["v"][0], each["lang"], each["kind"], each["note"]) for each in rows
        ]
