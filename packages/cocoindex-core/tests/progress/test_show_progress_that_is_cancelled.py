"""Cancelling `show_progress` cancels the operation, also before it has begun to wait for it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco


@pytest.mark.parametrize("is_waiting", [False, True])
def test_the_update_ends(make_app: Any, is_waiting: bool) -> None:
    ended: list[str] = []

    async def update() -> None:
        runs = asyncio.Event()

        @coco.fn
        async def main() -> None:
            runs.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("main")

        handle = make_app(main).update()
        watching = asyncio.ensure_future(anext(handle.watch()))  # which begins it
        await runs.wait()
        shown = asyncio.ensure_future(coco.show_progress(handle))
        if is_waiting:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        shown.cancel()
        with pytest.raises(asyncio.CancelledError):
            await shown
        assert ended == ["main"]
        watching.cancel()

    asyncio.run(update())


def test_one_that_has_not_begun_does_nothing(make_app: Any) -> None:
    async def update() -> None:
        async def main() -> None:
            raise AssertionError("it began")

        shown = asyncio.ensure_future(coco.show_progress(make_app(main).update()))
        shown.cancel()
        with pytest.raises(asyncio.CancelledError):
            await shown

    asyncio.run(update())
