"""What waits for a sink is compared with what is remembered when the sink has returned, however busy the loop is."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import cocoindex as coco


class CountingHandler:
    """Counts how often each key is compared."""

    def __init__(self) -> None:
        self.compared: Counter[coco.StableKey] = Counter()
        self.sink = coco.TargetActionSink.from_async_fn(self._apply)

    async def _apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        await asyncio.sleep(0)

    def reconcile(
        self, key: coco.StableKey, desired: Any, prev: Collection[int], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, int] | None:
        self.compared[key] += 1
        return coco.TargetReconcileOutput((key, desired), self.sink, desired)


def test_changed_components_are_compared_once(make_app: Any) -> None:
    handler = CountingHandler()
    provider: Any = coco.register_root_target_states_provider("test/busy_loop", handler)
    version = 0

    @coco.fn
    async def put(key: int) -> None:
        for _ in range(key):  # they end in different turns of the loop, …
            await asyncio.sleep(0)
        if version:
            time.sleep(0.012)  # noqa: ASYNC251  # … of which each takes longer than a quick sink is waited for
        coco.declare_target_state(provider.target_state(key, version))

    @coco.fn
    async def main() -> None:
        await coco.mount_each(put, [(key, key) for key in range(20)])

    app = make_app(main)
    app.update_blocking()
    handler.compared.clear()
    version = 1
    app.update_blocking()
    assert handler.compared == dict.fromkeys(range(20), 1)
