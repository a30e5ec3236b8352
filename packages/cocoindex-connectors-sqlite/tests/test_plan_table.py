"""What a changed declaration does to a table and to its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest

from cocoindex.connectorkits.table_plan import TablePlan
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite._inspect_table import ActualTable
from cocoindex.connectors.sqlite._table_mark import Mark
from cocoindex.connectors.sqlite._table_record import TableRecord, record_of

from .table_handler import TableState, plan_table

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


def plan(new: TableRecord, *prev: TableRecord) -> TablePlan[TableRecord]:
    return plan_table(TableState("docs", new), prev, not prev)


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
        (record(BASE, managed_by="user"), record({**BASE, "b": TEXT}), "use", (), "lossy"),
        (record(BASE, managed_by="user"), record(BASE, ("a",)), "use", (), "destructive"),
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
    assert bool(got.made_as) == (before.managed_by == after.managed_by == "system")


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
    system, user = record(BASE), record(BASE, managed_by="user")
    assert plan(system) == TablePlan("make", system, (), (), None)
    assert plan(user) == TablePlan("check", user, (), (), None)


def test_table_that_may_be_a_users_is_never_rebuilt() -> None:
    got = plan(record({"id": ID, "a": ID}), record(BASE), record(BASE, managed_by="user"))
    assert (got.mode, got.made_as, got.drops) == ("make", (), ())


OURS = replace(record(BASE), mark="m1")
USED = replace(record(BASE, managed_by="user"), identity="i1")
NEW = replace(record(BASE), mark="m2")
SEEN = {
    "nothing": None,
    "ours": ActualTable(False, {}, "", Mark("m1", "o")),
    "another of ours": ActualTable(False, {}, "", Mark("m9", "o")),
    "theirs": ActualTable(False, {}, "", None),
}


def seen(what: str, *, adopt: bool = False, version: str = "i1", new: TableRecord = NEW) -> TableState:
    return TableState("docs", new, adopt, was_seen=True, seen=SEEN[what], schema_version=version)


@pytest.mark.parametrize(
    ("state", "prev", "may_be_missing", "mode", "managed_by", "mark", "invalidation"),
    [
        (seen("nothing"), [], True, "make", "system", "m2", None),
        (seen("nothing"), [OURS], False, "rebuild", "system", "m2", "destructive"),
        (seen("nothing"), [USED], False, "rebuild", "system", "m2", "destructive"),
        (seen("theirs"), [], True, "make", "system", "m2", None),
        (seen("theirs", adopt=True), [], True, "use", "user", "", None),
        (seen("theirs"), [OURS], False, "use", "user", "", "destructive"),
        (seen("theirs"), [OURS], True, "rebuild", "system", "m2", "destructive"),
        (seen("another of ours"), [OURS], False, "use", "user", "", "destructive"),
        (seen("theirs"), [USED], False, "use", "user", "", None),
        (seen("theirs", version="i2"), [USED], False, "use", "user", "", "lossy"),
        (seen("theirs", new=USED), [USED], False, "check", "user", "", None),
        (seen("theirs", version="i2", new=USED), [USED], False, "check", "user", "", "lossy"),
        (seen("theirs", new=USED), [OURS], False, "check", "user", "", "destructive"),
    ],
)
def test_whose_table_it_is(
    state: TableState,
    prev: list[TableRecord],
    may_be_missing: bool,
    mode: str,
    managed_by: str,
    mark: str,
    invalidation: str | None,
) -> None:
    got = plan_table(state, prev, may_be_missing)
    assert (got.mode, got.record.managed_by, got.record.mark) == (mode, managed_by, mark)
    assert got.invalidation == invalidation


def test_ours_keeps_its_mark_when_it_is_found() -> None:
    found = TableState("docs", NEW, was_seen=True, seen=replace(SEEN["ours"] or ActualTable(False, {}, ""), sql=""))
    assert plan_table(found, [OURS], False).record.mark == "m1"
    # After an interruption it is not known for which of two tables the rows were written.
    assert plan_table(found, [OURS, NEW], False).invalidation == "destructive"
