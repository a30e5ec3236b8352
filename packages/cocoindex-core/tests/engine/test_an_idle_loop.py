"""While sync components block, the loop sleeps; the pool still grows when jobs wait for threads."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import cocoindex as coco


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts how often it wakes up."""

    turns = 0

    def _run_once(self) -> None:
        self.turns += 1
        super()._run_once()  # type: ignore[misc]  # of the base class, which does not tell


def turns_while_blocked(main: Any, make_app: Any, running: threading.Event, go_on: threading.Event) -> int:
    loop = CountingLoop()
    counted: list[int] = []

    async def run() -> None:
        update = asyncio.ensure_future(make_app(main).update().result())
        await asyncio.to_thread(running.wait, 30)
        before = loop.turns
        await asyncio.to_thread(threading.Event().wait, 0.5)  # long enough for some hundred polls
        counted.append(loop.turns - before)
        go_on.set()
        await update

    try:
        loop.run_until_complete(run())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
    return counted[0]


def test_one_component_that_blocks(make_app: Any) -> None:
    running, go_on = threading.Event(), threading.Event()

    @coco.fn
    def blocks() -> None:
        running.set()
        assert go_on.wait(30)

    @coco.fn
    async def main() -> None:
        await coco.mount(blocks)

    assert turns_while_blocked(main, make_app, running, go_on) < 20


def test_as_many_as_may_run_at_once_block_and_others_wait(make_app: Any) -> None:
    go_on, running = threading.Event(), threading.Event()
    together = threading.Semaphore(0)

    @coco.fn
    def blocks(n: int) -> None:
        together.release()
        assert go_on.wait(30)

    @coco.fn
    async def main() -> None:
        for n in range(64):
            await coco.mount(coco.component_subpath(n), blocks, n)

    def all_run() -> None:
        for _ in range(64):
            assert together.acquire(timeout=30)
        running.set()

    thread = threading.Thread(target=all_run)
    thread.start()
    assert turns_while_blocked(main, make_app, running, go_on) < 20
    thread.join()


def test_the_pool_grows_also_where_jobs_were_quick_before(make_app: Any) -> None:
    together = threading.Barrier(16)

    @coco.fn
    def work(n: int) -> None:
        if n >= 500:
            together.wait(30)  # passes only where 16 run at once

    @coco.fn
    async def main() -> None:
        for n in range(516):
            await coco.mount(coco.component_subpath(n), work, n)

    make_app(main).update_blocking()
