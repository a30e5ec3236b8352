"""Rows of one component may exchange values that are unique, or hand them over, in one update."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

import cocoindex as coco

from .kind import KINDS
from .project import Project

__all__ = ["HANDOVERS", "UniqueValues", "mounted", "named"]

HANDOVERS: list[dict[int, str]] = [
    {3: "a", 2: "b"},  # a key is renamed
    {1: "b", 2: "a"},
    {1: "b", 2: "c", 3: "a"},
    {1: "b", 2: "c"},
    {3: "a", 4: "b"},
    {5: "b", 1: "c", 2: "a"},
]
"""What follows the rows 1 and 2, which had the names a and b."""


async def mounted(kind: str) -> Any:
    """The table `docs`, whose rows have an id and a name."""
    sql = KINDS[kind]
    return await sql.module.mount_table_target(Project.db, "docs", sql.schema(id=sql.integer, name=sql.text))


@coco.fn
async def named(kind: str, rows: dict[int, str]) -> None:
    """Keep these rows in the table `docs`."""
    table = await mounted(kind)
    for id, name in rows.items():
        table.declare_row(row={"id": id, "name": name})


class UniqueValues:
    """Tests that each connector runs.

    Attributes:
        refusal: what the database says of a name that another row has.
    """

    refusal: ClassVar[str]

    @pytest.mark.parametrize("after", HANDOVERS)
    def test_unique_values_change_hands(self, project: Project, after: dict[int, str]) -> None:
        project.update(named, project.kind, {})
        project.run(
            "CREATE UNIQUE INDEX names ON docs (name)",
            f"ALTER TABLE docs ADD COLUMN note {project.sql.text} DEFAULT 'new'",
        )
        project.update(named, project.kind, {1: "a", 2: "b"})
        project.run("UPDATE docs SET note = id")
        project.update(named, project.kind, after)
        assert project.failures == []
        notes = {1: "1", 2: "2"}
        expected = [(id, name, notes.get(id, "new")) for id, name in sorted(after.items())]
        assert project.query("SELECT * FROM docs ORDER BY id") == expected

    def test_a_value_that_another_row_keeps_is_refused_with_the_rows_name(self, project: Project) -> None:
        project.update(named, project.kind, {})
        project.run("CREATE UNIQUE INDEX names ON docs (name)", "INSERT INTO docs VALUES (9, 'taken')")
        with pytest.raises(ValueError, match=rf"refuses the row \(id=2\) of the table .*docs.*: .*{self.refusal}"):
            project.update(named, project.kind, {1: "a", 2: "taken"})
        assert project.query("SELECT * FROM docs") == [(9, "taken")]
