"""Where a source raises half way, the items that it gave before are mounted all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import PathExistsError
from cocoindex.testing import RecordingTarget

MANY = 1000


class Broken(BaseException):
    """As those that user code raises that is no `Exception`."""


class Item:
    """Has a memo state that answers later, where `later` says so."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __coco_memo_key__(self) -> object:
        return self.number

    async def __coco_memo_state__(self, prev: Any) -> coco.MemoStateOutcome:
        await asyncio.sleep(0)
        return coco.MemoStateOutcome(1, memo_valid=prev == 1)


def numbers(good: int, error: BaseException) -> Iterator[tuple[str, int]]:
    for number in range(good):
        yield str(number), number
    raise error


def items(good: int, error: BaseException) -> Iterator[tuple[str, Item]]:
    for key, number in numbers(good, error):
        yield key, Item(number)


async def numbers_later(good: int, error: BaseException) -> AsyncIterator[tuple[str, int]]:
    for number in range(good):
        if number % 7 == 0:
            await asyncio.sleep(0)
        yield str(number), number
    raise error


async def items_later(good: int, error: BaseException) -> AsyncIterator[tuple[str, Item]]:
    async for key, number in numbers_later(good, error):
        yield key, Item(number)


@pytest.mark.parametrize("source", [numbers, items, numbers_later, items_later])
@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("good", [0, 5, 256, MANY])
@pytest.mark.parametrize("error", [ValueError("the source is gone"), Broken("gone")])
def test_what_came_before_is_mounted(make_app: Any, source: Any, memo: bool, good: int, error: BaseException) -> None:
    target, seen = RecordingTarget(), list[BaseException]()

    @coco.fn(memo=memo)
    async def row(item: Any) -> None:
        number = item.number if isinstance(item, Item) else item
        target.declare(number, number)

    @coco.fn
    async def main() -> None:
        try:
            await coco.mount_each(row, source(good, error))
        except BaseException as exc:
            seen.append(exc)

    make_app(main).update_blocking()
    assert seen == [error]
    assert target.data == {number: number for number in range(good)}


@pytest.mark.parametrize("memo", [False, True])
def test_a_duplicate_key_behind_states_that_answer_later(make_app: Any, memo: bool) -> None:
    target = RecordingTarget()

    @coco.fn(memo=memo)
    async def row(item: Item) -> None:
        target.declare(item.number, 1)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(row, [("a", Item(0)), ("b", Item(1)), ("a", Item(2)), ("c", Item(3))])

    with pytest.raises(PathExistsError, match='"a"'):
        make_app(main).update_blocking()
    assert target.data == {0: 1, 1: 1}
