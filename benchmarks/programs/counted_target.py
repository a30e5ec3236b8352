"""A target that holds nothing and counts what it is told to do, so that only the engine's own cost is measured.

Used by the benchmark programs; public names only, so that it is the same text for every implementation.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import cocoindex as coco

Value = int | bytes
Action = tuple[coco.StableKey, Value | None]

COUNTS = {"runs": 0, "upserts": 0, "deletes": 0}


def count_actions(_context: coco.ContextProvider, actions: Sequence[Action]) -> None:
    deletes = sum(value is None for _, value in actions)
    COUNTS["deletes"] += deletes
    COUNTS["upserts"] += len(actions) - deletes


SINK = coco.TargetActionSink[Any].from_fn(count_actions)


class CountedHandler(coco.TargetHandler[Value, Value]):
    """Remembers the declared value itself and asks for an action where it changed."""

    def reconcile(
        self,
        key: coco.StableKey,
        desired: Value | coco.NonExistenceType,
        prev_possible_records: Collection[Value],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[Action, Value] | None:
        if coco.is_non_existence(desired):
            if not prev_possible_records and not prev_may_be_missing:
                return None
            return coco.TargetReconcileOutput((key, None), SINK, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(record == desired for record in prev_possible_records):
            return None
        return coco.TargetReconcileOutput((key, desired), SINK, desired)


TARGET = coco.register_root_target_states_provider("benchmarks/counted", CountedHandler())
