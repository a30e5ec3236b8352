"""Compares declared objects with their stored records; makes no request.

Connector layer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeAlias

import cocoindex as coco
from cocoindex.connectorkits.target import SettledRecords

from ._apply import apply_objects
from ._object import (
    Attempt,
    ObjectAction,
    ObjectRecord,
    ObjectSpec,
    are_marked,
    as_record,
    is_as,
    is_paid_for,
    ours,
    since,
)

_Output: TypeAlias = "coco.TargetReconcileOutput[ObjectAction, ObjectRecord, None]"


class ObjectHandler:
    """Handles objects, whatever their client and bucket."""

    __slots__ = ()

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: ObjectSpec | coco.NonExistenceType,
        prev_possible_records: Collection[ObjectRecord],
        prev_may_be_missing: bool,
        /,
    ) -> _Output | None:
        assert isinstance(key, tuple)
        client, bucket, name = key
        assert isinstance(client, str) and isinstance(bucket, str) and isinstance(name, str)
        known = ours(prev_possible_records)
        if coco.is_non_existence(desired_target_state):
            if not known:
                return None
            paid = is_paid_for(prev_possible_records)
            certain = not prev_may_be_missing and len(known) == len(prev_possible_records)
            first, marked = since(prev_possible_records), are_marked(prev_possible_records)
            removal = ObjectAction(client, bucket, name, None, paid, known, certain, None, first, marked)
            return coco.TargetReconcileOutput(removal, _sink, coco.NON_EXISTENCE)
        record = as_record(desired_target_state)
        if not prev_may_be_missing and all(is_as(each, record) for each in prev_possible_records):
            return None
        settled = not prev_may_be_missing or isinstance(prev_possible_records, SettledRecords)
        certain = settled and bool(known) and len(known) == len(prev_possible_records)
        paid = desired_target_state.request_payer
        first = since(prev_possible_records) if known else desired_target_state.since
        marked = are_marked(prev_possible_records)
        writing = ObjectAction(
            client, bucket, name, desired_target_state, paid, known, certain, Attempt(), first, marked
        )
        return coco.TargetReconcileOutput(writing, _sink, as_record(desired_target_state, since=first))


_sink: Final = coco.TargetActionSink.from_async_fn(apply_objects, reports=True)

objects: Final = coco.register_root_target_states_provider("cocoindex/amazon_s3", ObjectHandler())
