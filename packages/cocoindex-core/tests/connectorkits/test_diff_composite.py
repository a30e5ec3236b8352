"""`diff_composite` gives the action for the whole, and transitions of the parts that tell all that is possible."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.connectorkits.statediff import (
    CompositeTrackingRecord,
    TrackingRecordTransition,
    diff,
    diff_composite,
)
from cocoindex.errors import ConnectorKitError

from .transitions import applied, possible, transitions

Table = CompositeTrackingRecord[str, str, int]
MaybeTable = Table | coco.NonExistenceType

tables = st.builds(
    Table, st.sampled_from(["key a", "key b"]), st.dictionaries(st.sampled_from(["x", "y", "z"]), st.integers(0, 1))
)


def after(t: TrackingRecordTransition[Table], before: MaybeTable) -> MaybeTable:
    """What `before` becomes when the whole is changed first, then its parts."""
    action, parts = diff_composite(t)
    if coco.is_non_existence(t.desired):
        return applied(action, before, coco.NON_EXISTENCE)
    # What replaces or makes the whole starts without parts; an upsert keeps those of one that is there.
    kept = action in (None, "upsert") and not coco.is_non_existence(before)
    there: dict[str, int] = dict(before.sub) if kept and not coco.is_non_existence(before) else {}
    for name, part in parts.items():
        now = applied(diff(part), there.get(name, coco.NON_EXISTENCE), part.desired)
        if coco.is_non_existence(now):
            there.pop(name, None)
        else:
            there[name] = now
    main = before.main if action is None and not coco.is_non_existence(before) else t.desired.main
    return CompositeTrackingRecord(main, there)


@given(transitions(tables))
def test_it_ends_in_what_is_wanted(t: TrackingRecordTransition[Table]) -> None:
    assert all(after(t, before) == t.desired for before in possible(t))


@given(transitions(tables))
def test_parts_that_are_known_to_be_as_wanted_are_left_alone(t: TrackingRecordTransition[Table]) -> None:
    if all(before == t.desired for before in possible(t)):
        action, parts = diff_composite(t)
        assert (action, {diff(part) for part in parts.values()} - {None}) == (None, set())


@given(transitions(tables))
def test_parts_of_what_is_removed_go_with_it(t: TrackingRecordTransition[Table]) -> None:
    removal = t._replace(desired=coco.NON_EXISTENCE)
    assert diff_composite(removal) == ("delete" if t.prev else None, {})


def test_the_parts_come_in_the_order_in_which_they_were_first_there() -> None:
    old, new = Table("k", {"x": 1, "z": 1}), Table("k", {"y": 1, "x": 1})
    action, parts = diff_composite(TrackingRecordTransition(new, [old], False))
    assert action is None
    assert {name: diff(part) for name, part in parts.items()} == {"x": None, "z": "delete", "y": "insert"}
    assert list(parts) == ["x", "z", "y"]


def test_a_part_that_one_record_lacks_may_be_missing() -> None:
    new = Table("k", {"x": 1})
    _, parts = diff_composite(TrackingRecordTransition(new, [new, Table("k", {})], False))
    assert parts == {"x": TrackingRecordTransition(1, [1], True)}


def test_no_transition_asks_for_nothing() -> None:
    assert diff_composite(None) == (None, {})


def test_what_is_no_transition_is_refused() -> None:
    wrong: Any = Table("k", {})
    with pytest.raises(ConnectorKitError, match=r"diff_composite\(\) takes a TrackingRecordTransition"):
        diff_composite(wrong)
