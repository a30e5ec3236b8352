"""`sync_to_async_iter` gives the items of a synchronous iterator, which runs in one thread of its own."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from cocoindex.connectorkits.async_adapters import sync_to_async_iter
from cocoindex.errors import ConnectorKitError


class Source:
    """A generator's threads, how far it was read, and its end."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.given = 0
        self.closed = threading.Event()

    def items(self, count: int) -> Iterator[int]:
        """Give the numbers up to `count`."""
        try:
            for number in range(count):
                self.threads.add(threading.get_ident())
                self.given += 1
                yield number
        finally:
            self.threads.add(threading.get_ident())
            self.closed.set()


async def test_all_items_come_in_order_from_one_thread() -> None:
    source = Source()
    assert [item async for item in sync_to_async_iter(lambda: source.items(5000))] == list(range(5000))
    assert len(source.threads) == 1
    assert threading.get_ident() not in source.threads


async def test_nothing_runs_before_the_first_item_is_asked_for() -> None:
    called = threading.Event()
    items = sync_to_async_iter(lambda: called.set() or [1])  # type: ignore[func-returns-value]  # set() gives None
    assert not called.is_set()
    async with aclosing(items):
        assert await anext(items) == 1
    assert called.is_set()


async def test_the_loop_goes_on_while_the_iterator_blocks() -> None:
    go = threading.Event()

    def blocked() -> Iterator[str]:
        go.wait()
        yield "item"

    asyncio.get_running_loop().call_soon(go.set)
    assert [item async for item in sync_to_async_iter(blocked)] == ["item"]


async def test_no_more_is_read_ahead_than_is_allowed() -> None:
    source = Source()
    async with aclosing(sync_to_async_iter(lambda: source.items(100), max_queue_size=3)) as items:
        for expected in range(10):
            assert await anext(items) == expected
            assert source.given <= expected + 1 + 3
    assert await asyncio.to_thread(source.closed.wait, 30)
    assert source.given <= 10 + 3


@pytest.mark.parametrize("size", [0, -1])
async def test_no_bound_where_the_size_is_none(size: int) -> None:
    source = Source()
    async with aclosing(sync_to_async_iter(lambda: source.items(3000), max_queue_size=size)) as items:
        assert await anext(items) == 0
        assert await asyncio.to_thread(source.closed.wait, 30)
    assert source.given == 3000


async def test_stopping_early_closes_the_generator_in_its_thread() -> None:
    source = Source()
    async with aclosing(sync_to_async_iter(lambda: source.items(10**9), max_queue_size=1)) as items:
        assert await anext(items) == 0
    assert await asyncio.to_thread(source.closed.wait, 30)
    assert len(source.threads) == 1


async def test_a_cancelled_consumer_does_not_wait_for_a_blocked_iterator() -> None:
    go, started = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def blocked() -> Iterator[int]:
        loop.call_soon_threadsafe(started.set)
        go.wait()
        yield 1

    async def consume() -> None:
        async for _ in sync_to_async_iter(blocked):
            pytest.fail("nothing was given")

    task = asyncio.create_task(consume())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go.set()


@pytest.mark.parametrize("error", [ValueError("bad"), StopAsyncIteration(), SystemExit(3)])
async def test_what_the_iterator_raises_comes_after_its_items(error: BaseException) -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise error

    items = sync_to_async_iter(failing)
    assert await anext(items) == 1
    # An async generator may not end with StopAsyncIteration: Python makes a RuntimeError of it.
    with pytest.raises(RuntimeError if isinstance(error, StopAsyncIteration) else type(error)) as raised:
        await anext(items)
    assert error in (raised.value, raised.value.__cause__)


async def test_what_gives_no_iterator_fails_at_the_first_item() -> None:
    wrong: Any = lambda: 3  # noqa: E731
    with pytest.raises(TypeError, match=r"has to return an iterable; .* returned 3"):
        await anext(sync_to_async_iter(wrong))


async def test_context_variables_are_those_of_the_caller() -> None:
    variable = contextvars.ContextVar("variable", default="none")
    variable.set("caller")
    assert [item async for item in sync_to_async_iter(lambda: [variable.get()])] == ["caller"]


@pytest.mark.parametrize(
    ("fn", "size", "complaint"),
    [
        ([1, 2], 1, r"sync_to_async_iter\(\) takes a function that gives the iterator, not \[1, 2\]"),
        (lambda: [1], "2", r"max_queue_size of sync_to_async_iter\(\) is a number of items, an int, not '2'"),
    ],
)
def test_wrong_arguments_are_refused_at_once(fn: Any, size: Any, complaint: str) -> None:
    with pytest.raises(ConnectorKitError, match=complaint):
        sync_to_async_iter(fn, max_queue_size=size)
