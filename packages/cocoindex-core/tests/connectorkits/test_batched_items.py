"""A source whose items come in batches has them mounted together: looked up, started and written many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.batched_items import BatchedItems, KeyedRows

COUNT = 1000


class Source:
    """A table that is read in fetches of 100 rows."""

    def __init__(self) -> None:
        self.read = 0
        self.closed = 0

    async def batches(self) -> AsyncGenerator[list[int], None]:
        try:
            for first in range(0, COUNT, 100):
                await asyncio.sleep(0)
                self.read += 100
                yield list(range(first, first + 100))
        finally:
            self.closed += 1

    def items(self) -> BatchedItems[tuple[coco.StableKey, int]]:
        return KeyedRows(self.batches, lambda row: f"row {row}")


class Counting:
    """A target that notes how many actions each call of its sink gets."""

    def __init__(self, name: str) -> None:
        self.calls: list[int] = []
        self.data: dict[Any, Any] = {}
        self._sink = coco.TargetActionSink.from_async_fn(self._apply)
        self.provider = coco.register_root_target_states_provider(f"test/{name}", self)

    async def _apply(self, _context: coco.ContextProvider, actions: Sequence[tuple[Any, Any]]) -> None:
        self.calls.append(len(actions))
        self.data.update(actions)

    def reconcile(self, key: Any, desired: Any, _previous: Any, _missing: bool, /) -> Any:
        return coco.TargetReconcileOutput((key, desired), self._sink, 1)


def test_they_are_pairs_in_the_order_of_the_source() -> None:
    async def collect() -> list[tuple[coco.StableKey, int]]:
        return [item async for item in Source().items()]

    pairs = asyncio.run(collect())
    assert pairs == [(f"row {number}", number) for number in range(COUNT)]


def test_each_iteration_reads_the_source_anew() -> None:
    source = Source()
    items = source.items()

    async def twice() -> None:
        for _ in range(2):
            async for _ in items:
                pass

    asyncio.run(twice())
    assert (source.read, source.closed) == (2 * COUNT, 2)


def test_the_source_is_closed_where_the_iteration_is_left_early() -> None:
    source = Source()

    async def begin() -> None:
        items = aiter(source.items())
        await anext(items)
        await items.aclose()  # type: ignore[attr-defined]  # it is an async generator

    asyncio.run(begin())
    assert (source.read, source.closed) == (100, 1)


@pytest.mark.parametrize("in_batches", [True, False])
def test_children_are_written_many_at_a_time(make_app: Any, in_batches: bool) -> None:
    source, target = Source(), Counting(f"batched {in_batches}")

    @coco.fn(memo=True)
    async def keep(row: int) -> None:
        coco.declare_target_state(target.provider.target_state(row, row))

    async def one_by_one() -> AsyncGenerator[tuple[str, int], None]:
        for number in range(COUNT):
            yield f"row {number}", number

    @coco.fn
    async def main() -> None:
        await coco.mount_each(keep, source.items() if in_batches else one_by_one())

    make_app(main).update_blocking()
    assert target.data == {number: number for number in range(COUNT)}
    assert len(target.calls) <= COUNT // 50
