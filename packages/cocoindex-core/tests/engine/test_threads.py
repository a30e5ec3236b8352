"""Threads of one's own take part once the component's context is attached to them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def test_attached_threads_declare_in_the_component(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    def main() -> None:
        context = coco.get_component_context()

        def work(n: int) -> None:
            with context.attach():
                target.declare(n, n)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(50)))

    app = make_app(main)
    app.update_blocking()
    assert target.data == {n: n for n in range(50)}
    target.take()
    app.update_blocking()
    assert target.actions == []


def test_thread_without_the_context_is_told_how(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    def main() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(target.declare, 1, 1).result()

    with pytest.raises(coco.errors.NoComponentError, match="attach"):
        make_app(main).update_blocking()


def test_to_thread_inherits_the_context(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def main() -> None:
        await asyncio.to_thread(target.declare, "k", 1)

    make_app(main).update_blocking()
    assert target.data == {"k": 1}


def test_as_async_of_a_sync_function_keeps_the_component(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn(memo=True)
    def declare(n: int) -> int:
        target.declare(n, n)
        return n

    @coco.fn
    async def main() -> list[int]:
        return [await declare.as_async(n) for n in range(3)]

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == [0, 1, 2]
    assert target.data == {0: 0, 1: 1, 2: 2}
