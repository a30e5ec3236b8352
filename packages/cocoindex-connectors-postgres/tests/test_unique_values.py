"""Rows may exchange values that are unique, or hand them over, in one update."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sql_tables.unique_values import HANDOVERS, UniqueValues, named

if TYPE_CHECKING:
    from tests.conftest import Project


class TestUniqueValues(UniqueValues):
    """The tests of all SQL connectors."""

    refusal = "duplicate key value"


@pytest.mark.parametrize("more", [0, 100])
@pytest.mark.parametrize("after", HANDOVERS)
def test_columns_that_the_database_fills_and_rows_that_refer_to_them_stay(
    project: Project, after: dict[int, str], more: int
) -> None:
    others = {id: f"n{id}" for id in range(1000, 1000 + more)}
    project.update(named, project.kind, {})
    project.run("ALTER TABLE docs ADD UNIQUE (name), ADD COLUMN note text DEFAULT 'new'")
    project.run("ALTER TABLE docs ADD COLUMN twice bigint GENERATED ALWAYS AS (id * 2) STORED")
    project.run("CREATE TABLE refers (id bigint REFERENCES docs)")
    project.update(named, project.kind, {1: "a", 2: "b", **others})
    project.run("UPDATE docs SET note = id")
    kept = {1, 2} & set(after)
    project.run(*(f"INSERT INTO refers VALUES ({id})" for id in kept))
    moved = {id: f"m{id}" for id in others}
    project.update(named, project.kind, {**after, **moved})
    assert project.failures == []
    notes = {1: "1", 2: "2"}
    expected = [(id, name, notes.get(id, "new"), 2 * id) for id, name in sorted(after.items())]
    assert project.query("SELECT * FROM docs WHERE id < 1000 ORDER BY id") == expected
    assert project.query("SELECT count(*) FROM docs WHERE id >= 1000 AND name = 'm' || id AND note = id::text") == [
        (more,)
    ]
    assert project.query("SELECT count(*) FROM refers") == [(len(kept),)]


def test_rows_of_others_do_not_go_with_rows_that_change_hands(project: Project) -> None:
    project.update(named, project.kind, {1: "a", 2: "b"})
    project.run("ALTER TABLE docs ADD UNIQUE (name)")
    project.run("CREATE TABLE refers (id bigint REFERENCES docs ON DELETE CASCADE)", "INSERT INTO refers VALUES (1)")
    with pytest.raises(ValueError, match="duplicate key value"):
        project.update(named, project.kind, {1: "b", 2: "a"})
    assert project.query("SELECT * FROM refers") == [(1,)]
