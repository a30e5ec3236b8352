"""Transitions as an update meets them, and what a target becomes when an action is applied to it."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.connectorkits.statediff import DiffAction, TrackingRecordTransition

T = TypeVar("T")


def transitions(records: st.SearchStrategy[T]) -> st.SearchStrategy[TrackingRecordTransition[T]]:
    """Transitions in which something is possible: an earlier record, or that nothing is there."""

    def valid(t: TrackingRecordTransition[T]) -> bool:
        return bool(t.prev) or t.prev_may_be_missing

    desired: st.SearchStrategy[T | coco.NonExistenceType] = records | st.just(coco.NON_EXISTENCE)
    prev = st.lists(records, max_size=3)
    return st.builds(TrackingRecordTransition[T], desired, prev, st.booleans()).filter(valid)


def possible(t: TrackingRecordTransition[T]) -> list[T | coco.NonExistenceType]:
    """All that may be there before the action."""
    return [*t.prev, *([coco.NON_EXISTENCE] if t.prev_may_be_missing else [])]


def applied(
    action: DiffAction | None, before: T | coco.NonExistenceType, desired: T | coco.NonExistenceType
) -> T | coco.NonExistenceType:
    """What is there after the action, in a target that refuses to insert what is there."""
    if action is None:
        return before
    if action == "insert":
        assert coco.is_non_existence(before)
    if action == "delete":
        assert coco.is_non_existence(desired)
        return coco.NON_EXISTENCE
    return desired
