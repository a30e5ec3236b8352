"""A target that holds nothing and prints what it is told, with the time: one line `name value nanoseconds` an action.

Used by the live benchmark programs; public names only, so that it is the same text for every implementation. The clock
is the monotonic one, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Collection, Sequence
from typing import Any

import cocoindex as coco

Action = tuple[coco.StableKey, str | None]
ReconcileOutput = coco.TargetReconcileOutput[Action, str]


def tell(name: object, value: object) -> None:
    """Print one line at once; the driver reads it from a pipe."""
    os.write(1, f"{name}\t{value}\t{time.monotonic_ns()}\n".encode())


async def tell_actions(_context: coco.ContextProvider, actions: Sequence[Action]) -> None:
    for name, value in actions:
        tell(name, value)


async def tell_slowly(context: coco.ContextProvider, actions: Sequence[Action]) -> None:
    await asyncio.sleep(1)
    await tell_actions(context, actions)


class ToldHandler(coco.TargetHandler[str, str]):
    """Remembers the declared value itself and asks for an action where it changed."""

    def __init__(self, sink: coco.TargetActionSink[Any]) -> None:
        self._sink = sink

    def reconcile(
        self,
        key: coco.StableKey,
        desired: str | coco.NonExistenceType,
        prev_possible_records: Collection[str],
        prev_may_be_missing: bool,
        /,
    ) -> ReconcileOutput | None:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self._sink, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(record == desired for record in prev_possible_records):
            return None
        return coco.TargetReconcileOutput((key, desired), self._sink, desired)


QUICK = coco.register_root_target_states_provider(
    "benchmarks/told", ToldHandler(coco.TargetActionSink[Any].from_async_fn(tell_actions))
)
SLOW = coco.register_root_target_states_provider(
    "benchmarks/told_slowly", ToldHandler(coco.TargetActionSink[Any].from_async_fn(tell_slowly))
)
