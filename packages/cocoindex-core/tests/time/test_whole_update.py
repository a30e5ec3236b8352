"""A time limit around a whole update stops new progress; what was committed stays, and the next update goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.deadline import remaining_seconds
from cocoindex.testing import RecordingTarget, run_in_virtual_time

SECOND = timedelta(seconds=1)


def test_the_main_function_has_it(make_app: Any) -> None:
    @coco.fn
    async def main() -> Any:
        return remaining_seconds()

    def sync_main() -> Any:
        return remaining_seconds()

    for number, function in enumerate([main, sync_main]):
        with coco.timeout(timedelta(minutes=1)):
            left = make_app(function, name=f"app {number}").update_blocking()
        assert 0 < left <= 60


def test_the_main_function_is_not_run_when_the_time_is_over(make_app: Any) -> None:
    ran: list[int] = []

    def main() -> None:
        ran.append(1)

    with pytest.raises(coco.DeadlineExceededError), coco.timeout(timedelta(0)):
        make_app(main).update_blocking()
    assert ran == []


def test_it_is_taken_when_the_handle_is_made(make_app: Any) -> None:
    @coco.fn
    async def main() -> Any:
        return remaining_seconds()

    async def run() -> list[Any]:
        with coco.timeout(SECOND):
            inside = make_app(main, name="inside").update()
        outside = make_app(main, name="outside").update()
        with coco.timeout(SECOND):
            late = await outside
        return [await inside, late]

    assert run_in_virtual_time(run()) == [1, None]


def test_what_is_complete_stays_and_the_next_update_goes_on(make_app: Any) -> None:
    target = RecordingTarget()
    ran: list[int] = []

    @coco.fn(memo=True)
    async def process(n: int) -> None:
        ran.append(n)
        await asyncio.sleep(1)
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(process, [(n, n) for n in range(10)])

    app = make_app(main, limit=1)

    async def update(limit: timedelta | None) -> None:
        if limit is None:
            await app.update()
        else:
            with coco.timeout(limit):
                await app.update()

    with pytest.raises(coco.DeadlineExceededError):
        run_in_virtual_time(update(SECOND * 4.5))
    first = len(target.data)
    assert 4 <= first <= 6
    run_in_virtual_time(update(None))
    assert target.data == {n: n for n in range(10)}
    assert sorted(ran) == list(range(10))


def test_what_was_there_before_is_not_removed_by_an_update_that_ran_out_of_time(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def process(n: int) -> None:
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        for n in range(3):
            coco.check_cancellation()
            await coco.mount(coco.component_subpath(n), process, n)

    app = make_app(main)
    app.update_blocking()
    with pytest.raises(coco.DeadlineExceededError), coco.timeout(timedelta(0)):
        app.update_blocking()
    assert target.data == {0: 0, 1: 1, 2: 2}


def test_background_children_that_take_longer_are_complete_when_it_raises(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def child() -> None:
        await asyncio.sleep(2)
        coco.check_cancellation()
        target.declare("row", 1)

    @coco.fn
    async def main() -> None:
        await coco.mount(child)

    async def run() -> None:
        with coco.timeout(SECOND):
            await make_app(main).update()

    with pytest.raises(coco.DeadlineExceededError, match="end of the update"):
        run_in_virtual_time(run())
    assert target.data == {"row": 1}


def test_a_drop_has_none(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def main() -> None:
        target.declare("row", 1)

    app = make_app(main)
    app.update_blocking()
    with coco.timeout(timedelta(0)):
        app.drop_blocking()
    assert target.data == {}
