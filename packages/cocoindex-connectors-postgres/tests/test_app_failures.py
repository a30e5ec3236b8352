"""A row that cannot be stored fails its component alone, says which row it is, and is written once it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresRowError
from cocoindex.errors import TargetStateError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[dict[str, Any]](
    {
        "id": postgres.ColumnDef("bigint"),
        "a": postgres.ColumnDef("varchar(5)"),
        "n": postgres.ColumnDef("numeric(4, 2)"),
        "v": postgres.ColumnDef("vector(2)"),
        "j": postgres.ColumnDef("jsonb"),
        "i": postgres.ColumnDef("smallint"),
    },
    ["id"],
)


@coco.fn
async def row_of(row: dict[str, Any], table: postgres.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row=row)


@coco.fn
async def main(rows: list[dict[str, Any]]) -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA)
    for row in rows:
        await coco.mount(coco.component_subpath(str(row.get("id"))), row_of, row, table)


GOOD = [{"id": i, "a": f"a{i}"} for i in range(120)]


def ids(project: Project) -> list[int]:
    return [id for (id,) in project.query("SELECT id FROM docs ORDER BY id")]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            {"id": 999, "v": [1.0]},
            r"row \(id=999\) of the table 'docs' .* column 'v': the vector has 1 elements, but 2",
        ),
        ({"id": 999, "v": [1.0, float("nan")]}, r"column 'v': the vector contains NaN or infinity"),
        ({"id": 999, "v": [1e39, 1.0]}, r"column 'v': the vector contains NaN or infinity as vector"),
        ({"id": 999, "j": {"x": [float("inf")]}}, r"column 'j': JSON has no NaN or infinity"),
        ({"id": 999, "b": 1}, r"the table 'docs' has no column 'b'; the row \(id=999\)"),
        ({"id": "ninety"}, r"row \(id='ninety'\) of the table 'docs' .* column 'id': the type bigint takes int"),
        ({"id": 2**63}, r"row \(id=9223372036854775808\) of the table 'docs' .* 64 bits"),
        ({"id": 999, "i": 40_000}, r"column 'i': 40000 does not fit into the 16 bits of the type smallint"),
        ({"id": None}, r"row \(id=None\) of the table 'docs' .* column 'id': the value is None"),
        ({"a": "no key"}, r"needs a value for the column 'id'"),
        ({"id": 999, "a": "\ud800"}, r"column 'a': 'utf-8' codec can't encode"),
        # Only the server knows about these.
        (
            {"id": 999, "a": "too long"},
            r"refuses the row \(id=999\) of the table public.docs: .* varying\(5\)",
        ),
        ({"id": 999, "n": 1234}, r"refuses the row \(id=999\) of the table public.docs: .* numeric field overflow"),
        ({"id": 999, "j": "{"}, r"refuses the row \(id=999\) of the table public.docs: .* syntax for type json"),
    ],
)
def test_row_that_cannot_be_stored(project: Project, bad: dict[str, Any], message: str) -> None:
    project.update(main, [*GOOD, bad])
    assert len(project.failures) == 1
    with pytest.raises(PostgresRowError, match=message):
        raise project.failures[0]
    assert ids(project) == list(range(120))


def test_row_that_a_constraint_refuses(project: Project) -> None:
    project.update(main, [])
    project.run("CREATE UNIQUE INDEX once ON docs (a)")
    project.update(main, [*GOOD, {"id": 999, "a": "a7"}])
    assert len(project.failures) == 1
    with pytest.raises(PostgresRowError, match=r"\(id=(7|999)\) of the table public.docs: .*Key \(a\)=\(a7\) already"):
        raise project.failures[0]
    assert len(ids(project)) == 120
    project.update(main, [*GOOD, {"id": 999, "a": "a999"}])
    assert project.failures == []
    assert ids(project) == [*range(120), 999]


def test_two_components_exchange_unique_values(project: Project) -> None:
    project.update(main, [])
    project.run("ALTER TABLE docs ADD CONSTRAINT once UNIQUE (a) DEFERRABLE INITIALLY DEFERRED")
    project.update(main, [{"id": 1, "a": "x"}, {"id": 2, "a": "y"}])
    project.update(main, [{"id": 1, "a": "y"}, {"id": 2, "a": "x"}])
    assert project.failures == []
    assert project.query("SELECT id, a FROM docs ORDER BY id") == [(1, "y"), (2, "x")]


@coco.fn
async def twice(table: postgres.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row={"id": 5, "a": "one"})
    table.declare_row(row={"id": 5, "a": "two"})


@coco.fn
async def main_twice() -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA)
    await coco.mount(coco.component_subpath("twice"), twice, table)
    await coco.mount(coco.component_subpath("good"), row_of, GOOD[0], table)


def test_row_declared_twice_by_one_component(project: Project) -> None:
    project.update(main_twice)
    assert len(project.failures) == 1
    with pytest.raises(TargetStateError, match=r"docs.*5"):
        raise project.failures[0]
    assert ids(project) == [0]
