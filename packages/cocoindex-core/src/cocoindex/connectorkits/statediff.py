"""Decides on the action for a target state, from the desired and the stored records: pure functions.

Layer: connectorkits. The functions work with the arguments of `TargetHandler.reconcile()`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar

import msgspec

from cocoindex._shown import shown

from .._values import NON_EXISTENCE, NonExistenceType, is_non_existence
from ..errors import ConnectorKitError
from .target import ManagedBy as ManagedBy

__all__ = [
    "CompositeTrackingRecord",
    "DiffAction",
    "ManagedBy",
    "MutualTrackingRecord",
    "TrackingRecordTransition",
    "diff",
    "diff_composite",
    "resolve_system_transition",
]

RecordT = TypeVar("RecordT")
SubKeyT = TypeVar("SubKeyT")
SubRecordT = TypeVar("SubRecordT")

DiffAction: TypeAlias = Literal["insert", "upsert", "replace", "delete"]
"""The action on a target state; `diff()` lists when each one is needed."""


class TrackingRecordTransition(NamedTuple, Generic[RecordT]):
    """The transition from what may exist to what should exist.

    Args:
        desired: the desired record, or `NON_EXISTENCE`.
        prev: the possible records of what exists.
        prev_may_be_missing: whether it is possible that nothing exists.
    """

    desired: RecordT | NonExistenceType
    prev: Collection[RecordT]
    prev_may_be_missing: bool


class CompositeTrackingRecord(msgspec.Struct, Generic[RecordT, SubKeyT, SubRecordT], frozen=True):
    """The record of something with parts, such as a table with columns, so that a single part can be changed.

    Args:
        main: what cannot change without recreating the whole, such as the primary key.
        sub: the records of the parts, by key.
    """

    main: RecordT
    sub: dict[SubKeyT, SubRecordT]


class MutualTrackingRecord(msgspec.Struct, Generic[RecordT], frozen=True):
    """The record of something that either the framework or the user manages.

    Args:
        tracking_record: the record itself.
        managed_by: who managed it when the record was written.
    """

    tracking_record: RecordT
    managed_by: ManagedBy


def diff(t: TrackingRecordTransition[RecordT] | None, /) -> DiffAction | None:
    """Return the action that a transition needs.

    Args:
        t: the transition; None, as returned by `resolve_system_transition`, needs no action.

    Raises:
        ConnectorKitError: (a TypeError) `t` is not a transition, or its `prev` is not a collection.

    Returns:
        - `"delete"`: nothing is desired, and something may exist;
        - `"insert"`: nothing can exist;
        - `"replace"`: something other than the desired record may exist;
        - `"upsert"`: either the desired record or nothing exists;
        - None: nothing to do.
    """
    if t is None:
        return None
    desired, prev, may_be_missing = _checked(t, "diff")
    if is_non_existence(desired):
        return "delete" if prev else None
    if not prev:
        return "insert" if may_be_missing else None
    if any(record != desired for record in prev):
        return "replace"
    return "upsert" if may_be_missing else None


def diff_composite(
    t: TrackingRecordTransition[CompositeTrackingRecord[RecordT, SubKeyT, SubRecordT]] | None, /
) -> tuple[DiffAction | None, dict[SubKeyT, TrackingRecordTransition[SubRecordT]]]:
    """Return the action for the main record, and a transition for each part that is desired or may exist.

    A part may be missing if the whole may be missing, if one of the records lacks it, or if the main record is
    replaced. If the whole is not desired, its parts are removed with it and have no transitions.

    Args:
        t: the transition of the whole; None needs no action.

    Raises:
        ConnectorKitError: (a TypeError) `t` is not a transition of composite records.
    """
    if t is None:
        return None, {}
    desired, prev, may_be_missing = _checked(t, "diff_composite")
    _check_records(t, "diff_composite", CompositeTrackingRecord)
    if is_non_existence(desired):
        return diff(t), {}
    main = diff(TrackingRecordTransition(desired.main, [record.main for record in prev], may_be_missing))
    unsure = may_be_missing or main == "replace"
    parts: dict[SubKeyT, TrackingRecordTransition[SubRecordT]] = {}
    for key in _sub_keys(desired, prev):
        known = [record.sub[key] for record in prev if key in record.sub]
        wanted = desired.sub.get(key, NON_EXISTENCE)
        parts[key] = TrackingRecordTransition(wanted, known, unsure or len(known) < len(prev))
    return main, parts


def resolve_system_transition(
    t: TrackingRecordTransition[MutualTrackingRecord[RecordT]], /
) -> TrackingRecordTransition[RecordT] | None:
    """Return the part of a transition that the framework has to carry out; None if there is none.

    The framework does not create, change or remove what the user manages. If nothing is desired any more, it also keeps
    what the user may have managed.

    Args:
        t: the transition, of `MutualTrackingRecord`s.

    Raises:
        ConnectorKitError: (a TypeError) `t` is not a transition of such records.
    """
    desired, prev, may_be_missing = _checked(t, "resolve_system_transition")
    _check_records(t, "resolve_system_transition", MutualTrackingRecord)
    if is_non_existence(desired):
        if not prev or any(record.managed_by == ManagedBy.USER for record in prev):
            return None
        return TrackingRecordTransition(NON_EXISTENCE, [record.tracking_record for record in prev], may_be_missing)
    if desired.managed_by == ManagedBy.USER:
        return None
    ours = [record.tracking_record for record in prev if record.managed_by == ManagedBy.SYSTEM]
    return TrackingRecordTransition(desired.tracking_record, ours, may_be_missing)


def _sub_keys(
    desired: CompositeTrackingRecord[Any, SubKeyT, Any], prev: Collection[CompositeTrackingRecord[Any, SubKeyT, Any]]
) -> Iterator[SubKeyT]:
    """Return the keys of all parts, in order of first appearance."""
    keys: dict[SubKeyT, None] = {}
    for record in (*prev, desired):
        keys.update(dict.fromkeys(record.sub))
    return iter(keys)


def _checked(t: TrackingRecordTransition[RecordT], function: str) -> TrackingRecordTransition[RecordT]:
    if not isinstance(t, TrackingRecordTransition):
        raise ConnectorKitError(
            f"{function}() takes a TrackingRecordTransition(desired, prev, prev_may_be_missing), not {shown(t)}"
        )
    if not isinstance(t.prev, Collection) or isinstance(t.prev, str | bytes):
        raise ConnectorKitError(
            f"prev of the TrackingRecordTransition given to {function}() is a collection of records, not "
            f"{shown(t.prev)}"
        )
    return t


def _check_records(t: TrackingRecordTransition[Any], function: str, kind: type) -> None:
    for record in (t.desired, *t.prev):
        if not isinstance(record, kind) and not (record is t.desired and is_non_existence(record)):
            raise ConnectorKitError(
                f"the records of the transition given to {function}() are {kind.__name__}s, not {shown(record)}"
            )
