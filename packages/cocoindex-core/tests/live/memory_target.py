"""A target in memory whose sink runs on the loop, so that it takes no time on a virtual clock."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Collection, Sequence
from typing import Any

import cocoindex as coco

_numbers = itertools.count()


class MemoryTarget:
    """Target states by key; those of `fail_keys` fail.

    Attributes:
        data: what is there.
        actions: all that was asked for, also where it failed.
        open: whether it answers; calls wait while it does not.
        called: whether it was called.
    """

    def __init__(self) -> None:
        self.data: dict[Any, Any] = {}
        self.actions: list[tuple[Any, Any]] = []
        self.fail_keys: set[Any] = set()
        self.open = asyncio.Event()
        self.open.set()
        self.called = asyncio.Event()
        self._sink = coco.TargetActionSink.from_async_fn(self._apply)
        self._provider: Any = coco.register_root_target_states_provider(f"memory/{next(_numbers)}", self)

    def declare(self, key: Any, value: Any) -> None:
        coco.declare_target_state(self._provider.target_state(key, value))

    def reconcile(
        self, key: Any, desired: Any, prev_possible_records: Collection[Any], prev_may_be_missing: bool, /
    ) -> Any:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self._sink, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(prev == desired for prev in prev_possible_records):
            return None
        return coco.TargetReconcileOutput((key, desired), self._sink, desired)

    async def _apply(self, context: coco.ContextProvider, actions: Sequence[tuple[Any, Any]]) -> None:
        self.actions += actions
        self.called.set()
        await self.open.wait()
        if failing := [key for key, _ in actions if key in self.fail_keys]:
            raise RuntimeError(f"told to fail for {failing}")
        for key, value in actions:
            self.data.pop(key, None)
            if value is not None:
                self.data[key] = value
