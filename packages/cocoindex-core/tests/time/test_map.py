"""Items of `coco.map` have the caller's time limit; those that have begun are waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.deadline import remaining_seconds
from cocoindex.testing import run_in_virtual_time

SECOND = timedelta(seconds=1)


def update(app: Any) -> Any:
    async def run() -> Any:
        return await app.update()

    return run_in_virtual_time(run())


def test_items_have_the_callers_limit(make_app: Any) -> None:
    async def look(_: int) -> float | None:
        return remaining_seconds()

    @coco.fn
    async def main() -> Any:
        with coco.timeout(SECOND):
            return await coco.map(look, [1, 2])

    assert update(make_app(main)) == [1, 1]


def test_what_has_begun_is_waited_for_and_the_first_failure_in_order_is_raised(make_app: Any) -> None:
    done: list[int] = []

    async def work(n: int) -> None:
        await asyncio.sleep(5 - n)
        done.append(n)
        coco.check_cancellation()
        raise KeyError(n)

    @coco.fn
    async def main() -> None:
        with coco.timeout(SECOND * 2.5):
            await coco.map(work, [0, 1, 2, 3, 4])

    with pytest.raises(coco.DeadlineExceededError):
        update(make_app(main))
    assert done == [4, 3, 2, 1, 0]


def test_a_source_is_asked_for_no_more(make_app: Any) -> None:
    done: list[int] = []

    async def source() -> AsyncIterator[int]:
        for n in range(10):
            yield n
            await asyncio.sleep(1)

    async def work(n: int) -> None:
        await asyncio.sleep(5)
        done.append(n)

    @coco.fn
    async def main() -> None:
        with coco.timeout(SECOND * 2.5):
            await coco.map(work, source())

    with pytest.raises(coco.DeadlineExceededError, match=r"coco\.map"):
        update(make_app(main))
    assert done == [0, 1, 2]


def test_items_that_do_not_look_are_too_late_all_the_same(make_app: Any) -> None:
    async def work(n: int) -> None:
        await asyncio.sleep(5)

    @coco.fn
    async def main() -> None:
        with coco.timeout(SECOND):
            await coco.map(work, [1])

    with pytest.raises(coco.DeadlineExceededError):
        update(make_app(main))


def test_what_the_source_raises_comes_after_what_has_begun(make_app: Any) -> None:
    done: list[int] = []

    async def source() -> AsyncIterator[int]:
        yield 1
        raise LookupError("source")

    async def work(n: int) -> None:
        await asyncio.sleep(5)
        done.append(n)

    @coco.fn
    async def main() -> None:
        await coco.map(work, source())

    with pytest.raises(LookupError, match="source"):
        update(make_app(main))
    assert done == [1]
