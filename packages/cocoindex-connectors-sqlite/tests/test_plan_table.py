"""What a changed declaration does to a table and to its rows."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from cocoindex.connectorkits.table_plan import TablePlan
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite._plan_table import TableState, plan_table
from cocoindex.connectors.sqlite._table_record import TableRecord, record_of

ID = sqlite.ColumnDef("INTEGER")
TEXT = sqlite.ColumnDef("TEXT")
FULL = sqlite.ColumnDef("TEXT", nullable=False)
BASE = {"id": ID, "a": TEXT}


def record(
    columns: dict[str, sqlite.ColumnDef],
    key: tuple[str, ...] = ("id",),
    managed_by: Literal["system", "user"] = "system",
    vec0: sqlite.Vec0TableDef | None = None,
) -> TableRecord:
    return record_of(sqlite.TableSchema[Any](columns, [*key]), managed_by, vec0)


def plan(new: TableRecord, *prev: TableRecord) -> TablePlan:
    return plan_table(TableState("docs", new), prev)


@pytest.mark.parametrize(
    ("before", "after", "mode", "drops", "invalidation"),
    [
        (record(BASE), record(BASE), "make", (), None),
        (record(BASE), record({"a": TEXT, "id": ID}), "make", (), None),
        (record(BASE), record({"id": ID, "a": sqlite.ColumnDef("text ")}), "make", (), None),
        (record(BASE), record({**BASE, "b": TEXT}), "make", (), "lossy"),
        (record({**BASE, "b": TEXT}), record(BASE), "make", ("b",), "lossy"),
        (record({**BASE, "b": FULL}), record(BASE), "make", ("b",), "lossy"),
        (record({**BASE, "b": TEXT}), record({**BASE, "c": TEXT}), "make", ("b",), "lossy"),
        (record({**BASE, "b": TEXT}), record({**BASE, "B": TEXT}), "make", (), "lossy"),
        (record(BASE), record({**BASE, "b": FULL}), "rebuild", (), "destructive"),
        (record(BASE), record({"id": ID, "a": FULL}), "rebuild", (), "destructive"),
        (record(BASE), record({"id": ID, "a": ID}), "rebuild", (), "destructive"),
        (record(BASE), record(BASE, ("a",)), "rebuild", (), "destructive"),
        (record(BASE, ("id", "a")), record(BASE, ("a", "id")), "rebuild", (), "destructive"),
        (record(BASE, managed_by="user"), record({**BASE, "b": TEXT}), "make", (), "lossy"),
        (record(BASE, managed_by="user"), record(BASE, ("a",)), "make", (), "destructive"),
        (record(BASE), record({**BASE, "b": TEXT}, managed_by="user"), "check", (), "lossy"),
        (record(BASE), record(BASE, ("a",), managed_by="user"), "check", (), "destructive"),
        (record(BASE), record(BASE, managed_by="user"), "check", (), None),
    ],
)
def test_change(
    before: TableRecord, after: TableRecord, mode: str, drops: tuple[str, ...], invalidation: str | None
) -> None:
    got = plan(after, before)
    assert (got.mode, got.drops, got.invalidation) == (mode, drops, invalidation)
    assert got.is_ours == (before.managed_by == after.managed_by == "system")


VECTORS = {"id": ID, "v": sqlite.ColumnDef("float[3]"), "a": TEXT}


@pytest.mark.parametrize(
    ("after", "mode"),
    [
        (record(VECTORS, vec0=sqlite.Vec0TableDef()), "make"),
        (record(VECTORS, vec0=sqlite.Vec0TableDef([], ["a"])), "rebuild"),
        (record(VECTORS, vec0=sqlite.Vec0TableDef(["a"], [])), "rebuild"),
        (record({**VECTORS, "b": TEXT}, vec0=sqlite.Vec0TableDef()), "rebuild"),
        (record({**VECTORS, "v": sqlite.ColumnDef("float[4]")}, vec0=sqlite.Vec0TableDef()), "rebuild"),
        (record(VECTORS), "rebuild"),
    ],
)
def test_vec0_is_made_anew_on_any_change(after: TableRecord, mode: str) -> None:
    got = plan(after, record(VECTORS, vec0=sqlite.Vec0TableDef()))
    assert (got.mode, got.invalidation) == (mode, "destructive" if mode == "rebuild" else None)


def test_worst_of_several_possible_records_counts() -> None:
    got = plan(record(BASE), record(BASE), record({**BASE, "b": TEXT}), record({"id": ID, "a": ID}))
    assert (got.mode, got.drops, got.invalidation) == ("rebuild", ("b",), "destructive")


def test_first_declaration() -> None:
    assert plan(record(BASE)) == TablePlan("make", False, (), None)
    assert plan(record(BASE, managed_by="user")) == TablePlan("check", False, (), None)


def test_table_that_may_be_a_users_is_never_rebuilt() -> None:
    got = plan(record({"id": ID, "a": ID}), record(BASE), record(BASE, managed_by="user"))
    assert (got.mode, got.is_ours, got.drops) == ("make", False, ())
