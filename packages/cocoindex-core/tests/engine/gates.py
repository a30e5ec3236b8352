"""A target whose sink hangs until it is let through, for tests of what goes on meanwhile."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Collection, Coroutine, Sequence
from typing import Any, TypeVar

import cocoindex as coco

T = TypeVar("T")

_numbers = itertools.count()

Action = tuple[Any, Any]


class GatedTarget:
    """Holds keys and values; what is declared under a key goes through the sink that `lane_of` gives for it.

    Attributes:
        calls: the actions of each call that was begun.
        data: what was applied.
        applied: set at the end of each call that succeeds.
        called: set once a call hangs.
        gate: lets calls through; open at first.
        closed: which of the sinks waits for the gate; all where it is None.
        failing: keys whose actions fail.
        most: how many calls of one sink there were at once.
    """

    def __init__(self, lanes: int = 1) -> None:
        self.calls: list[list[Action]] = []
        self.data: dict[Any, Any] = {}
        self.applied = asyncio.Event()
        self.called = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.closed: int | None = None
        self.failing: set[Any] = set()
        self.most = 0
        self._sinks = [coco.TargetActionSink.from_async_fn(_Sink(self, lane)) for lane in range(lanes)]
        self.provider: Any = coco.register_root_target_states_provider(f"test/gated{next(_numbers)}", self)

    def close(self, lane: int | None = None) -> None:
        """Have calls hang from now on: of one of the sinks, or all."""
        self.closed = lane
        self.gate.clear()
        self.called.clear()

    def declare(self, key: Any, value: Any = 1) -> None:
        coco.declare_target_state(self.provider.target_state(key, value))

    def reconcile(
        self, key: Any, desired: Any, records: Collection[Any], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any] | None:
        sink = self._sinks[key % len(self._sinks) if isinstance(key, int) else 0]
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), sink, coco.NON_EXISTENCE)
        if not may_be_missing and all(record == desired for record in records):
            return None
        return coco.TargetReconcileOutput((key, desired), sink, desired)


class _Sink:
    def __init__(self, target: GatedTarget, lane: int) -> None:
        self._target = target
        self._lane = lane
        self._active = 0

    async def __call__(self, context: coco.ContextProvider, actions: Sequence[Action]) -> None:
        target = self._target
        target.calls.append(list(actions))
        self._active += 1
        target.most = max(target.most, self._active)
        try:
            if not target.gate.is_set() and target.closed in (None, self._lane):
                target.called.set()
                await target.gate.wait()
            if any(key in target.failing for key, _ in actions):
                raise ValueError("told to fail")
            for key, value in actions:
                if value is None:
                    target.data.pop(key, None)
                else:
                    target.data[key] = value
            target.applied.set()
        finally:
            self._active -= 1


def run(scenario: Coroutine[Any, Any, T]) -> T:
    """Run what would hang for ever if somebody waited for the wrong one."""

    async def limited() -> T:
        async with asyncio.timeout(120):
            return await scenario

    return asyncio.run(limited())
