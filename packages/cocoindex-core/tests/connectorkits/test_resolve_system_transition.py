"""`resolve_system_transition` leaves to the user what the user manages, and keeps the rest of the transition."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.connectorkits.statediff import (
    ManagedBy,
    MutualTrackingRecord,
    TrackingRecordTransition,
    diff,
    resolve_system_transition,
)
from cocoindex.errors import ConnectorKitError

from .transitions import transitions

Mutual = MutualTrackingRecord[int]
mutual = st.builds(Mutual, st.integers(0, 2), st.sampled_from(ManagedBy))


@given(transitions(mutual))
def test_what_the_user_manages_now_is_left_alone(t: TrackingRecordTransition[Mutual]) -> None:
    if not coco.is_non_existence(t.desired) and t.desired.managed_by == "user":
        assert resolve_system_transition(t) is None


@given(transitions(mutual))
def test_what_the_user_may_have_made_is_not_removed(t: TrackingRecordTransition[Mutual]) -> None:
    if any(record.managed_by == "user" for record in t.prev):
        removal = t._replace(desired=coco.NON_EXISTENCE)
        assert diff(resolve_system_transition(removal)) is None


@given(transitions(st.integers(0, 2)))
def test_what_the_framework_manages_is_the_whole_transition(t: TrackingRecordTransition[int]) -> None:
    def ours(record: int) -> Mutual:
        return Mutual(record, ManagedBy.SYSTEM)

    desired = coco.NON_EXISTENCE if coco.is_non_existence(t.desired) else ours(t.desired)
    whole = TrackingRecordTransition(desired, [ours(record) for record in t.prev], t.prev_may_be_missing)
    if coco.is_non_existence(t.desired) and not t.prev:
        assert resolve_system_transition(whole) is None
    else:
        assert resolve_system_transition(whole) == t


def test_records_of_the_user_do_not_count_when_the_framework_takes_over() -> None:
    t = TrackingRecordTransition(
        Mutual(1, ManagedBy.SYSTEM), [Mutual(1, ManagedBy.SYSTEM), Mutual(2, ManagedBy.USER)], False
    )
    assert resolve_system_transition(t) == TrackingRecordTransition(1, [1], False)


def test_what_is_no_transition_is_refused() -> None:
    wrong: Any = None
    with pytest.raises(ConnectorKitError, match=r"resolve_system_transition\(\) takes a TrackingRecordTransition"):
        resolve_system_transition(wrong)
