"""A program whose event loop ends while a cancelled update is leaving ends, too, however far that is."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import Collection, Sequence
from typing import Any

import pytest

import cocoindex as coco

TURNS = 8


class Feed:
    """A feed that takes some turns to end."""

    async def watch(self, subscriber: Any) -> None:
        try:
            await subscriber.mark_ready()
            await asyncio.Event().wait()
        finally:
            for _ in range(TURNS):
                await asyncio.sleep(0)


class Target:
    """A target that takes as many."""

    def __init__(self) -> None:
        self.sink = coco.TargetActionSink.from_async_fn(self._apply)

    async def _apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        for _ in range(3 * TURNS):
            await asyncio.sleep(0)

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any]:
        return coco.TargetReconcileOutput(key, self.sink, desired)


target: Any = coco.register_root_target_states_provider("test/leaving", Target())


@coco.fn
async def leaf(value: int) -> None:
    coco.declare_target_state(target.target_state(value, value))


@coco.fn
async def waiting() -> None:
    await coco.mount(coco.component_subpath("leaf"), leaf, 1)
    await asyncio.Event().wait()


@coco.fn
async def main() -> None:
    await coco.mount_each(leaf, Feed())
    await coco.mount(waiting)


@pytest.mark.parametrize("live", [False, True], ids=["catching up", "live"])
def test_it_ends(tmp_path: pathlib.Path, live: bool) -> None:
    env = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    app = coco.App(coco.AppConfig("app", environment=env), main)

    async def leave(turns: int) -> None:
        """Cancel an update, and return while it is leaving, so that the loop ends."""
        following = asyncio.ensure_future(app.update(live=live).result())
        for _ in range(2 * TURNS):
            await asyncio.sleep(0)
        following.cancel()
        for _ in range(turns):
            await asyncio.sleep(0)

    for turns in range(1, 2 * TURNS):
        asyncio.run(leave(turns))
    app.drop_blocking()
    env.close()
