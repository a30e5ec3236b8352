"""A program whose event loop ends under an update ends, too, however far the update is."""

from __future__ import annotations

import asyncio
import pathlib
from typing import Any

import pytest

import cocoindex as coco

TURNS = 20


@coco.fn
async def leaf(value: int) -> None:
    await asyncio.sleep(0)


@coco.fn
async def inner() -> None:
    await coco.mount_each(leaf, [(1, 1), (2, 2)])


class Feed:
    async def watch(self, subscriber: Any) -> None:
        await subscriber.update_many([(1, 1), (2, 2)])
        await subscriber.mark_ready()
        await asyncio.Event().wait()


@coco.fn
async def children() -> None:
    await coco.mount(inner)
    await coco.use_mount(coco.component_subpath("used"), inner)


@coco.fn
async def a_feed() -> None:
    await coco.mount_each(leaf, Feed())


@pytest.mark.parametrize(
    ("main", "live", "follow"),
    [(children, False, "result"), (children, True, "watch"), (a_feed, False, "watch"), (a_feed, True, "result")],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_it_ends(tmp_path: pathlib.Path, main: Any, live: bool, follow: str) -> None:
    env = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    app = coco.App(coco.AppConfig("app", environment=env), main)

    async def leave(turns: int) -> None:
        """Begin an update, and return in the midst of it, so that the loop ends."""
        handle = app.update(live=live)

        async def watch() -> None:
            async for _ in handle.watch():
                pass

        following = asyncio.ensure_future(watch() if follow == "watch" else handle.result())
        for _ in range(turns):
            await asyncio.sleep(0)
        assert not following.cancelled()

    for turns in range(1, TURNS):
        asyncio.run(leave(turns))
    app.drop_blocking()
    env.close()
