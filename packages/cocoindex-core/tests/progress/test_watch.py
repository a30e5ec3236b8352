"""`watch()` gives a snapshot whenever the numbers have changed, then a last one with the result."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco

RUNNING, READY = coco.UpdateStatus.RUNNING, coco.UpdateStatus.READY


def stepping(make_app: Any, turn: asyncio.Event) -> Any:
    """An app whose children end one at a time, each when `turn` is set."""

    @coco.fn
    async def child(n: int) -> None:
        await turn.wait()
        turn.clear()

    @coco.fn
    async def main() -> str:
        for n in range(3):
            handle = await coco.mount(coco.component_subpath(n), child, n)
            await handle.ready()
        return "result"

    return make_app(main)


def test_running_while_it_runs_then_ready_with_the_result(make_app: Any) -> None:
    async def run() -> list[coco.UpdateSnapshot[Any]]:
        turn = asyncio.Event()
        snapshots = []
        async for snapshot in stepping(make_app, turn).update().watch():
            snapshots.append(snapshot)
            turn.set()
        return snapshots

    *running, last = asyncio.run(run())
    assert {snapshot.status for snapshot in running} == {RUNNING}
    assert {snapshot.result for snapshot in running} == {None}
    child, nothing = "stepping.<locals>.child", coco.ComponentStats()
    finished = [snapshot.stats.by_component.get(child, nothing).num_finished for snapshot in running]
    assert finished == sorted(finished) and {0, 1, 2} <= set(finished)
    assert len({str(snapshot.stats) for snapshot in running}) == len(running)
    assert (last.status, last.result) == (READY, "result")
    assert last.stats.total == coco.ComponentStats(4, num_adds=4)


def test_it_raises_the_failure(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        raise KeyError("main")

    async def run() -> None:
        async for snapshot in make_app(main).update().watch():
            assert snapshot.status is RUNNING

    with pytest.raises(KeyError, match="main"):
        asyncio.run(run())


def test_a_start_that_fails_is_raised_too(default_env_without_a_path: None) -> None:
    async def run() -> None:
        async for _ in coco.App("cannot start", lambda: None).update().watch():
            pass

    with pytest.raises(ValueError, match="COCOINDEX_DB"):
        asyncio.run(run())


def test_leaving_the_loop_early_leaves_the_update_running(make_app: Any) -> None:
    async def run() -> str:
        turn = asyncio.Event()
        handle = stepping(make_app, turn).update()
        async for _ in handle.watch():
            break
        while (stats := handle.stats()) is None or stats.total.num_finished < 4:
            turn.set()
            await asyncio.sleep(0)
        return str(await handle)

    assert asyncio.run(run()) == "result"


def test_after_the_end_it_gives_the_last_one_at_once(make_app: Any) -> None:
    @coco.fn
    async def main() -> str:
        return "result"

    async def run() -> list[Any]:
        handle = make_app(main).update()
        await handle
        return [(snapshot.status, snapshot.result) async for snapshot in handle.watch()]

    assert asyncio.run(run()) == [(READY, "result")]


def test_several_may_watch_at_once(make_app: Any) -> None:
    async def run() -> list[str]:
        turn = asyncio.Event()
        handle = stepping(make_app, turn).update()

        async def watch() -> str:
            result = None
            async for snapshot in handle.watch():
                turn.set()
                result = snapshot.result
            return str(result)

        return [*await asyncio.gather(watch(), watch(), handle.result())]

    assert asyncio.run(run()) == ["result"] * 3


def test_a_slow_reader_gets_the_newest_numbers(make_app: Any) -> None:
    @coco.fn
    async def child(n: int) -> None: ...

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(n, n) for n in range(2000)])

    async def run() -> int:
        handle = make_app(main).update()
        count = 0
        async for _ in handle.watch():
            count += 1
            stats = handle.stats()
            while stats is not None and stats.total.num_finished < 2001:
                await asyncio.sleep(0)
                stats = handle.stats()
        return count

    assert asyncio.run(run()) <= 3


def test_the_status_is_a_string() -> None:
    assert [*coco.UpdateStatus] == ["running", "ready"]
