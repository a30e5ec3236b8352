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
    as_record,
    is_as,
    is_paid_for,
    marks,
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
        known = marks(prev_possible_records)
        if coco.is_non_existence(desired_target_state):
            if not known:
                return None
            paid = is_paid_for(prev_possible_records)
            certain = not prev_may_be_missing and len(known) == len(prev_possible_records)
            removal = ObjectAction(client, bucket, name, None, paid, known, certain)
            return coco.TargetReconcileOutput(removal, _sink, coco.NON_EXISTENCE)
        if not prev_may_be_missing:
            record = as_record(desired_target_state)
            if all(is_as(each, record) for each in prev_possible_records):
                return None
        settled = not prev_may_be_missing or isinstance(prev_possible_records, SettledRecords)
        certain = settled and bool(known) and len(known) == len(prev_possible_records)
        attempt = Attempt()
        paid = desired_target_state.request_payer
        writing = ObjectAction(client, bucket, name, desired_target_state, paid, known, certain, attempt)
        return coco.TargetReconcileOutput(writing, _sink, as_record(desired_target_state, mark=attempt.mark))


_sink: Final = coco.TargetActionSink.from_async_fn(apply_objects, reports=True)

objects: Final = coco.register_root_target_states_provider("cocoindex/amazon_s3", ObjectHandler())
