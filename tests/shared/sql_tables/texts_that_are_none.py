"""Half of a surrogate pair in a name, a type or a value is refused by every connector in the same words."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco

from .kind import KINDS
from .project import Project

__all__ = ["TextsThatAreNone"]

HALF = "a\ud800b"
DB = Project.db


@coco.fn
async def row_of(row: dict[str, Any], table: Any) -> None:
    table.declare_row(row=row)


@coco.fn
async def main(kind: str, table: str, key: str, columns: dict[str, str], rows: list[dict[str, Any]]) -> None:
    target = await KINDS[kind].module.mount_table_target(DB, table, KINDS[kind].schema(key, **columns))
    for at, row in enumerate(rows):
        await coco.mount(coco.component_subpath(at), row_of, row, target)


class TextsThatAreNone:
    """Tests that each connector runs."""

    @pytest.mark.parametrize("column", ["id", "a"])
    def test_a_row_fails_alone(self, project: Project, column: str) -> None:
        text = project.sql.text
        rows = [{"id": "a", "a": "x"}, {"id": "c", "a": "z"} | {column: HALF}, {"id": "b", "a": "y"}]
        project.update(main, project.kind, "docs", "id", {"id": text, "a": text}, rows)
        (failure,) = project.failures
        assert isinstance(failure, ValueError)
        assert "half of a surrogate pair, which is not a character" in str(failure)
        assert f"column {column!r}" in str(failure)
        assert project.ids == ["a", "b"]

    @pytest.mark.parametrize("which", ["table", "column", "type"])
    def test_a_name_or_type_is_refused(self, project: Project, which: str) -> None:
        text = project.sql.text
        columns = {"id": text, "a" if which != "column" else HALF: text if which != "type" else text + HALF}
        with pytest.raises(ValueError, match="half of a surrogate pair, which is not a character"):
            project.update(main, project.kind, HALF if which == "table" else "docs", "id", columns, [])
