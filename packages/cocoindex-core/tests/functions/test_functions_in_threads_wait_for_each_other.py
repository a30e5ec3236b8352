"""Sync functions in threads may wait for others that need a thread, however many do so at once."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget


@coco.fn.as_async
def inner(n: int) -> int:
    return n


@coco.fn.as_async
def outer(n: int) -> int:
    return asyncio.run(call_inner(n))


async def call_inner(n: int) -> int:
    return await inner(n)


def test_many_that_wait_for_a_function(make_app: Any) -> None:
    @coco.fn
    async def main() -> list[int]:
        return list(await asyncio.gather(*(outer(n) for n in range(64))))

    assert make_app(main).update_blocking() == list(range(64))


def test_many_that_wait_for_an_update_with_sinks_and_functions(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def row(n: int) -> None:
        target.declare(n, await inner(n))

    apps = [make_app(row, n, name=f"inner {n}") for n in range(48)]

    @coco.fn.as_async
    def update(n: int) -> None:
        apps[n].update_blocking()

    @coco.fn
    async def main() -> None:
        await asyncio.gather(*(update(n) for n in range(48)))

    make_app(main).update_blocking()
    assert target.data == {n: n for n in range(48)}
