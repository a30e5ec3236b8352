"""`coco.map` calls a function for each item at once, inside the component that runs, and mounts nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import inspect
from cocoindex.testing import RecordingTarget


async def double(item: int, *extra: Any, **named: Any) -> Any:
    await asyncio.sleep(0)
    return item * 2, *extra, *named.items()


def generator() -> Iterator[int]:
    yield from (3, 1, 2)


async def async_generator() -> AsyncIterator[int]:
    for item in generator():
        await asyncio.sleep(0)
        yield item


@pytest.mark.parametrize("items", [lambda: [3, 1, 2], generator, async_generator], ids=["list", "iterator", "async"])
def test_results_are_in_the_order_of_the_items(make_app: Any, items: Any) -> None:
    @coco.fn
    async def main() -> list[Any]:
        return await coco.map(double, items())

    assert make_app(main).update_blocking() == [(6,), (2,), (4,)]


def test_further_arguments_go_to_every_call(make_app: Any) -> None:
    @coco.fn
    async def main() -> list[Any]:
        return await coco.map(double, [1, 2], "x", named=True)

    assert make_app(main).update_blocking() == [(2, "x", ("named", True)), (4, "x", ("named", True))]


def test_nothing_gives_nothing(make_app: Any) -> None:
    @coco.fn
    async def main() -> list[Any]:
        return await coco.map(double, [])

    assert make_app(main).update_blocking() == []


def test_all_calls_run_at_once(make_app: Any) -> None:
    barrier = asyncio.Barrier(50)

    async def meet(_item: int) -> None:
        await barrier.wait()

    @coco.fn
    async def main() -> None:
        await coco.map(meet, range(50))

    make_app(main).update_blocking()


def test_they_declare_in_the_component_that_runs(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def declare(item: int) -> None:
        target.declare(item, item)

    @coco.fn
    async def child() -> None:
        await coco.map(declare, range(3))

    @coco.fn
    async def main(count: int) -> None:
        if count:
            await coco.mount(child)

    app = make_app(main, 1)
    app.update_blocking()
    assert target.data == {0: 0, 1: 1, 2: 2}
    assert [str(path) for path in inspect.list_stable_paths_sync(app)] == ["/", "/@child"]


def test_memoized_functions_skip_the_items_that_did_not_change(make_app: Any) -> None:
    ran: list[str] = []
    chunks = ["a", "b"]

    @coco.fn(memo=True)
    async def embed(chunk: str) -> str:
        ran.append(chunk)
        return chunk.upper()

    @coco.fn
    async def main() -> list[str]:
        return await coco.map(embed, chunks)

    app = make_app(main)
    assert app.update_blocking() == ["A", "B"]
    chunks[:] = ["b", "c", "a"]
    assert app.update_blocking() == ["B", "C", "A"]
    assert ran == ["a", "b", "c"]


def test_the_first_failure_in_order_is_raised_once_all_have_ended(make_app: Any) -> None:
    ended: list[int] = []

    async def fail(item: int) -> None:
        for _ in range(5 - item):
            await asyncio.sleep(0)
        ended.append(item)
        if item != 2:
            raise ValueError(f"item {item}")

    @coco.fn
    async def main() -> None:
        await coco.map(fail, range(4))

    with pytest.raises(ValueError, match="item 0"):
        make_app(main).update_blocking()
    assert sorted(ended) == [0, 1, 2, 3]


def test_outside_a_component_it_works_too() -> None:
    @coco.fn
    async def marked(item: int) -> int:
        return item * 2

    assert asyncio.run(coco.map(double, [1, 2], "x")) == [(2, "x"), (4, "x")]
    assert asyncio.run(coco.map(marked, async_generator())) == [6, 2, 4]


@pytest.mark.parametrize("exc", [BaseException("x"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()], ids=repr)
def test_whatever_a_call_raises_is_raised_once_all_have_ended(exc: BaseException) -> None:
    ended: list[int] = []

    async def fail(item: int) -> None:
        for _ in range(item):
            await asyncio.sleep(0)
        ended.append(item)
        if item == 1:
            raise exc

    async def main() -> str:
        try:
            await coco.map(fail, range(4))
        except BaseException as error:
            return repr(error)
        return "nothing"

    assert asyncio.run(main()) == repr(exc)
    assert ended == [0, 1, 2, 3]


def test_a_call_that_cancels_itself_leaves_the_others_running() -> None:
    ended: list[int] = []

    async def fail(item: int) -> None:
        if item == 0:
            raise asyncio.CancelledError
        await asyncio.sleep(0)
        ended.append(item)

    async def main() -> None:
        with pytest.raises(asyncio.CancelledError):
            await coco.map(fail, range(3))

    asyncio.run(main())
    assert ended == [1, 2]
