"""A changed schema reaches the table, and every row is as declared after the same update, memoized or not."""

from __future__ import annotations

from typing import Any, ClassVar

import cocoindex as coco

from .kind import KINDS
from .project import Project

__all__ = ["Columns", "SchemaChanges", "with_columns"]

Columns = dict[str, Any]

# What every row holds in any column that a schema may have.
VALUES = {"name": "n", "size": "s", "kind": "k", "vector": [1.0, 2.0]}


@coco.fn(memo=True)
async def rows_of(ids: list[int], columns: list[str], table: Any) -> None:
    for id in ids:
        table.declare_row(row={"id": id, **{name: VALUES[name] for name in columns if name != "id"}})


@coco.fn
async def with_columns(kind: str, columns: Columns, key: list[str] | None = None, **options: Any) -> None:
    """Keep three rows, of two components, in a table `docs` with these columns."""
    module = KINDS[kind].module
    schema = module.TableSchema[Any](columns, key or ["id"])
    table = await module.mount_table_target(Project.db, "docs", schema, **options)
    await coco.mount(coco.component_subpath("few"), rows_of, [1, 2], sorted(columns), table)
    await coco.mount(coco.component_subpath("one"), rows_of, [3], sorted(columns), table)


class SchemaChanges:
    """Tests that each connector runs, and what its own are made of.

    Attributes:
        base: the columns of a table: an `id`, and a `name` that holds a text.
        vector: how the value of a column `vector` of two floats is read; a list where that is a sequence.
    """

    base: ClassVar[Columns]
    vector: ClassVar[Any]

    def rows_are_as_declared(self, project: Project, columns: Columns) -> bool:
        """Whether the table `docs` holds the three rows, each with all of these columns."""
        read = {**VALUES, "vector": self.vector}
        expected = [tuple(id if name == "id" else read[name] for name in sorted(columns)) for id in (1, 2, 3)]
        found: list[Any] = project.query(f"SELECT {', '.join(sorted(columns))} FROM docs ORDER BY id")
        rows = [tuple(list(value) if isinstance(value, tuple) else value for value in row) for row in found]
        return rows == expected

    def change(self, project: Project, before: Columns, after: Columns) -> None:
        """Update with the columns `before`, and then with those `after`."""
        for columns in (before, after):
            project.update(with_columns, project.kind, columns)
            assert self.rows_are_as_declared(project, columns)
        assert project.failures == []

    def settles(self, project: Project, columns: Columns) -> bool:
        """Whether a further update with the same columns runs nothing and writes nothing."""
        writes_nothing = project.writes_nothing(with_columns, project.kind, columns)
        return writes_nothing and project.update(with_columns, project.kind, columns).num_unchanged == 2

    def test_primary_key(self, project: Project) -> None:
        for key in (["id"], ["name", "id"], ["id"]):
            project.update(with_columns, project.kind, self.base, key)
            assert self.rows_are_as_declared(project, self.base)

    def test_order_of_columns_means_nothing(self, project: Project) -> None:
        project.update(with_columns, project.kind, self.base)
        assert project.writes_nothing(with_columns, project.kind, dict(reversed(self.base.items())))
