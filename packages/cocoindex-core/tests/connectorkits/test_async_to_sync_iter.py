"""`async_to_sync_iter` gives the items of an asynchronous iterator, which runs on a loop in a thread of its own."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from cocoindex.connectorkits.async_adapters import async_to_sync_iter
from cocoindex.errors import BlockingInLoopError, ConnectorKitError


class Source:
    """An async generator's threads, how far it was read, and how it ended."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.given = 0
        self.end = ""

    async def items(self, count: int) -> AsyncIterator[int]:
        """Give the numbers up to `count`."""
        try:
            for number in range(count):
                self.threads.add(threading.get_ident())
                self.given += 1
                yield number
                await asyncio.sleep(0)
            self.end = "read"
        except BaseException as error:
            self.end = type(error).__name__
            raise


def test_all_items_come_in_order_from_one_other_thread() -> None:
    source = Source()
    assert list(async_to_sync_iter(lambda: source.items(3000))) == list(range(3000))
    assert source.end == "read"
    assert len(source.threads) == 1
    assert threading.get_ident() not in source.threads


def test_no_thread_is_left_over() -> None:
    before = threading.active_count()
    items = async_to_sync_iter(lambda: Source().items(100))
    assert threading.active_count() == before
    assert list(items) == list(range(100))
    assert threading.active_count() == before


def test_no_more_is_read_ahead_than_is_allowed() -> None:
    source = Source()
    items = async_to_sync_iter(lambda: source.items(100), max_queue_size=3)
    for expected in range(10):
        assert next(items) == expected
        assert source.given <= expected + 1 + 3
    items.close()


@pytest.mark.parametrize("size", [0, -1])
def test_no_bound_where_the_size_is_none(size: int) -> None:
    assert list(async_to_sync_iter(lambda: Source().items(3000), max_queue_size=size)) == list(range(3000))


def test_stopping_early_ends_the_iterator_before_close_returns() -> None:
    source = Source()
    items = async_to_sync_iter(lambda: source.items(10**9), max_queue_size=1)
    assert next(items) == 0
    items.close()
    # Where it waited for room, it is closed; where it was at work, it is cancelled.
    assert source.end in ("GeneratorExit", "CancelledError")


def test_stopping_early_ends_an_iterator_that_waits_for_ever() -> None:
    ended = []

    async def endless() -> AsyncIterator[int]:
        yield 1
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    items = async_to_sync_iter(endless)
    assert next(items) == 1
    items.close()
    assert ended in ([], [True])
    assert "cocoindex-iter" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("error", [ValueError("bad"), SystemExit(3)])
def test_what_the_iterator_raises_comes_after_its_items(error: BaseException) -> None:
    async def failing() -> AsyncIterator[int]:
        yield 1
        raise error

    items = async_to_sync_iter(failing)
    assert next(items) == 1
    with pytest.raises(type(error)) as raised:
        next(items)
    assert raised.value is error


def test_what_gives_no_iterator_fails_at_the_first_item() -> None:
    wrong: Any = lambda: [1]  # noqa: E731
    with pytest.raises(TypeError, match="async"):
        next(async_to_sync_iter(wrong))


def test_context_variables_are_those_of_the_caller() -> None:
    variable = contextvars.ContextVar("variable", default="none")
    variable.set("caller")

    async def one() -> AsyncIterator[str]:
        yield variable.get()

    assert list(async_to_sync_iter(one)) == ["caller"]


async def test_it_refuses_to_block_a_loop() -> None:
    items = async_to_sync_iter(lambda: Source().items(3))
    with pytest.raises(BlockingInLoopError, match="would block the event loop"):
        next(items)


async def test_a_thread_of_a_loop_may_use_it() -> None:
    items = async_to_sync_iter(lambda: Source().items(3))
    assert await asyncio.to_thread(list, items) == [0, 1, 2]


@pytest.mark.parametrize(
    ("fn", "size", "complaint"),
    [
        (3, 1, r"async_to_sync_iter\(\) takes a function that gives the iterator, not 3"),
        (lambda: Source().items(1), 1.5, r"max_queue_size of async_to_sync_iter\(\) is a number of items"),
    ],
)
def test_wrong_arguments_are_refused_at_once(fn: Any, size: Any, complaint: str) -> None:
    with pytest.raises(ConnectorKitError, match=complaint):
        async_to_sync_iter(fn, max_queue_size=size)
