"""Rows are written where they changed, and only those that were not there before are deleted."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex.connectorkits.row_plan import is_deleted, plan_row, record_of_row

A, B = b"a" * 16, b"b" * 16


@pytest.mark.parametrize("of_others", [False, True])
def test_a_row_that_the_app_made(of_others: bool) -> None:
    assert plan_row(A, [A], False, of_others=of_others) is None
    assert plan_row(A, [B], False, of_others=of_others) == (A, False)
    assert plan_row(A, [A, B], False, of_others=of_others) == (A, False)
    assert plan_row(A, [A], True, of_others=of_others) == (A, False)
    assert is_deleted([A], True, of_others=of_others)


def test_a_new_row() -> None:
    assert plan_row(A, [], True, of_others=False) == (A, False)
    plan = plan_row(A, [], True, of_others=True)
    assert plan is not None and plan.asks
    assert not is_deleted([], False, of_others=False)
    assert is_deleted([], True, of_others=False)
    assert not is_deleted([], True, of_others=True)


@dataclass
class Store:
    """A table of others, and what is remembered of a row of it: possible records, and whether it may be missing."""

    there: bytes | None
    theirs: bool
    records: list[bytes] = field(default_factory=list)
    missing: bool = True

    def declare(self, wanted: bytes | None, killed: str, full: bool) -> None:
        """One update, which is killed before or after the sink has returned, or not at all."""
        if wanted is None:
            deletes = is_deleted(self.records, self.missing, of_others=True)
            if killed == "before":
                self.missing = True
                return
            if deletes:
                self.there, self.theirs = None, False
            if killed == "after":
                self.missing = True
                return
            self.records, self.missing = [], True
            return
        plan = plan_row(wanted, self.records, self.missing or full, of_others=True)
        if plan is None:
            return
        before = self.records
        self.records, self.missing = [*before, plan.record], self.missing or full or not before
        if killed == "before":
            return
        was_there, self.there = self.there is not None, wanted
        self.theirs = self.theirs and was_there
        if killed == "after":
            return
        self.records = [record_of_row(wanted, was_there=was_there) if plan.asks else plan.record]
        self.missing = False


@given(
    st.booleans(),
    st.lists(st.tuples(st.sampled_from([None, A, B]), st.sampled_from(["no", "before", "after"]), st.booleans())),
)
def test_what_others_wrote_stays_whatever_happens(theirs: bool, updates: list[tuple[bytes | None, str, bool]]) -> None:
    store = Store(B if theirs else None, theirs)
    for wanted, killed, full in updates:
        store.declare(wanted, killed, full)
        if killed == "no" and wanted is not None:
            assert store.there == wanted
        if theirs:
            assert store.there is not None


@given(st.lists(st.tuples(st.sampled_from([None, A, B]), st.booleans())))
def test_what_the_app_wrote_goes_where_nothing_was_killed(updates: list[tuple[bytes | None, bool]]) -> None:
    store = Store(None, False)
    for wanted, full in updates:
        store.declare(wanted, "no", full)
        assert store.there == wanted
