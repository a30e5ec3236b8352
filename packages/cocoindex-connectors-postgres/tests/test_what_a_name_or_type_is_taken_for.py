"""Where the name of a table is that of something else, or a column has another type, the message says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sql_tables.whose_table import fill

import cocoindex as coco
from cocoindex.connectors.postgres.errors import PostgresTableError

if TYPE_CHECKING:
    from tests.conftest import Project


@pytest.mark.parametrize(
    "statement",
    ["CREATE SEQUENCE docs", "CREATE TYPE docs AS (a int)", "CREATE TABLE base (a int); CREATE INDEX docs ON base (a)"],
)
def test_something_else_has_its_name(project: Project, statement: str) -> None:
    project.run(statement)
    for _ in range(2):
        with pytest.raises(PostgresTableError, match=r"an index, a sequence, a type .* declare another name"):
            project.update(fill, project.kind, [1])
    project.drop(fill, project.kind, [1])


def test_a_text_for_an_enum(project: Project) -> None:
    @coco.fn
    async def used() -> None:
        await fill(project.kind, [1], managed_by="user")

    project.run("CREATE TYPE mood AS ENUM ('a')", "CREATE TABLE docs (id bigint PRIMARY KEY, a mood)")
    project.update(used)
    (failure,) = project.failures
    assert isinstance(failure, PostgresTableError)
    assert "declare the column with its actual type" in str(failure)
