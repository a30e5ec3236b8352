"""Tables and columns may be called what means something in a statement, or does in ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
NAMES = ["s", "target", "staged", "gone", "excluded", "cocoindex_staged", "new", "old", "k0", "c0", "o0", "unnest"]


@pytest.mark.parametrize("name", NAMES)
def test_rows_come_and_go(project: Project, name: str) -> None:
    columns = {"id": postgres.ColumnDef("bigint"), **{column: postgres.ColumnDef("text") for column in NAMES}}

    @coco.fn
    async def main(count: int, shift: int = 0) -> None:
        table = await postgres.mount_table_target(DB, name, postgres.TableSchema[Any](columns, ["id", name]))
        for id in range(count):
            values = {column: f"{column}{(id + shift * (column != name)) % count}" for column in NAMES}
            table.declare_row(row={"id": id, **values})

    project.update(main, 0)
    project.run(f'ALTER TABLE "{name}" ADD UNIQUE ("{NAMES[NAMES.index(name) - 1]}"), ADD COLUMN keys int')
    for count, shift in ((60, 0), (60, 1), (3, 0), (3, 1), (0, 0)):
        project.update(main, count, shift)
        assert project.failures == []
        assert project.query(f'SELECT count(*) FROM "{name}"') == [(count,)]
