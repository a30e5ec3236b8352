"""A view is read as a table is; where it is declared as a target, that is refused once, for all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sql_tables.whose_table import fill

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.errors import SqlTableError

if TYPE_CHECKING:
    from tests.conftest import Project

VIEWS = pytest.mark.parametrize(
    "view", ["SELECT * FROM base", "SELECT id, a FROM base WHERE id > 0", "SELECT 1 AS id, 'x' AS a"]
)


@pytest.fixture
def base(project: Project) -> Project:
    """The project, with a table that has a row."""
    project.run("CREATE TABLE base (id INTEGER PRIMARY KEY, a VARCHAR)", "INSERT INTO base VALUES (1, 'x')")
    return project


@VIEWS
@pytest.mark.parametrize("options", [{"managed_by": "user"}, {"adopt": True}])
def test_as_a_target(base: Project, view: str, options: dict[str, Any]) -> None:
    @coco.fn
    async def main() -> None:
        await fill(base.kind, [1, 2, 3], **options)

    base.run(f"CREATE VIEW docs AS {view}")
    for _ in range(2):
        with pytest.raises(SqlTableError, match=r"it is a view.*declare the table behind it"):
            base.update(main)
        assert base.failures == []
    base.drop(main)
    assert base.query("SELECT * FROM base") == [(1, "x")]
    assert base.query("SELECT * FROM docs") == [(1, "x")]


@VIEWS
def test_as_a_target_that_the_app_would_make(base: Project, view: str) -> None:
    base.run(f"CREATE VIEW docs AS {view}")
    with pytest.raises(SqlTableError, match="exists already"):
        base.update(fill, base.kind, [1])
    base.drop(fill, base.kind, [1])
    assert base.query("SELECT * FROM docs") == [(1, "x")]


@VIEWS
def test_as_a_source(base: Project, view: str) -> None:
    found: list[Any] = []

    @coco.fn
    async def main() -> None:
        rows: Any = duckdb.DuckdbTableSource(coco.use_context(base.db), table_name="docs").fetch_rows()
        found.extend([row async for row in rows])

    base.run(f"CREATE VIEW docs AS {view}")
    base.update(main)
    assert found == [{"id": 1, "a": "x"}]
