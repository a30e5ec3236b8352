"""An update whose event loop ends, at whatever step, leaves no call of an async sink that never began."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco

pytestmark = pytest.mark.usefixtures("little_garbage")

STEPS = 60


async def write(context: Any, actions: Sequence[int], /) -> None:
    await asyncio.sleep(0)


class Handler(coco.TargetHandler[int, int]):
    _sink = coco.TargetActionSink.from_async_fn(write)

    def reconcile(self, key: Any, desired: Any, prev: Any, prev_may_be_missing: bool, /) -> Any:
        return coco.TargetReconcileOutput(action=1, sink=self._sink, tracking_record=desired)


TARGET = coco.register_root_target_states_provider("the_loop_ends_before_a_sink_begins", Handler())


@coco.fn
async def main() -> None:
    for key in range(3):
        coco.declare_target_state(TARGET.target_state(key, 1))


def test_at_each_step(tmp_path: Path) -> None:
    ended = 0
    for steps in range(STEPS):
        environment = coco.Environment(coco.Settings(db_path=tmp_path / str(steps)))

        async def leave(environment: coco.Environment = environment, steps: int = steps) -> bool:
            update = asyncio.ensure_future(_update(environment))
            for _ in range(steps):
                await asyncio.sleep(0)
            return update.done()

        ended += asyncio.run(leave())
        environment.close()
        gc.collect()
    assert 0 < ended < STEPS


async def _update(environment: coco.Environment) -> None:
    await coco.App(coco.AppConfig("app", environment=environment), main).update()
