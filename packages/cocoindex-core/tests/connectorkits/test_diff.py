"""`diff` gives an action that ends in what is wanted, whatever was there of what is possible; none if all of it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.connectorkits.statediff import TrackingRecordTransition, diff
from cocoindex.errors import ConnectorKitError

from .transitions import applied, possible, transitions


@given(transitions(st.integers(0, 2)))
def test_it_ends_in_what_is_wanted(t: TrackingRecordTransition[int]) -> None:
    assert {applied(diff(t), before, t.desired) for before in possible(t)} == {t.desired}


@given(transitions(st.integers(0, 2)))
def test_nothing_is_done_only_where_all_that_is_possible_is_what_is_wanted(t: TrackingRecordTransition[int]) -> None:
    certain = all(before == t.desired for before in possible(t))
    gone = coco.is_non_existence(t.desired) and not t.prev
    assert (diff(t) is None) == (certain or gone)


@pytest.mark.parametrize(
    ("desired", "prev", "may_be_missing", "action"),
    [
        (coco.NON_EXISTENCE, [], True, None),
        (coco.NON_EXISTENCE, ["a"], False, "delete"),
        (coco.NON_EXISTENCE, ["a"], True, "delete"),
        ("a", [], True, "insert"),
        ("a", [], False, None),
        ("a", ["a"], False, None),
        ("a", ["a", "a"], False, None),
        ("a", ["a"], True, "upsert"),
        ("a", ["b"], False, "replace"),
        ("a", ["b"], True, "replace"),
        ("a", ["a", "b"], False, "replace"),
    ],
)
def test_each_case(
    desired: str | coco.NonExistenceType, prev: Sequence[str], may_be_missing: bool, action: str | None
) -> None:
    assert diff(TrackingRecordTransition(desired, prev, may_be_missing)) == action


def test_no_transition_asks_for_nothing() -> None:
    assert diff(None) is None


def test_what_is_no_transition_is_refused() -> None:
    wrong: Any = ("a", ["b"], False)
    with pytest.raises(ConnectorKitError, match=r"diff\(\) takes a TrackingRecordTransition"):
        diff(wrong)
