"""A source of many items is pulled as the target takes them: neither all items nor all children are alive at once."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import cocoindex as coco

ITEMS = 12_000
MOST_ALIVE = 6_000


class Item:
    def __init__(self, number: int) -> None:
        self.number = number

    def __coco_memo_key__(self) -> int:
        return self.number


class Counted:
    """A target that counts, whenever it is called, how many items are alive."""

    def __init__(self) -> None:
        self.alive: weakref.WeakSet[Item] = weakref.WeakSet()
        self.most = self.applied = 0
        self.sink = coco.TargetActionSink.from_async_fn(self.apply)

    def items(self, count: int) -> Iterator[tuple[int, Item]]:
        for number in range(count):
            item = Item(number)
            self.alive.add(item)
            yield number, item

    async def apply(self, _context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        self.applied += len(actions)
        for _ in range(500):  # the source may go as far ahead as it is let
            await asyncio.sleep(0)
        self.most = max(self.most, len(self.alive))

    def reconcile(self, _key: Any, desired: Any, _previous: Any, _missing: bool, /) -> Any:
        record = coco.NON_EXISTENCE if coco.is_non_existence(desired) else 1
        return coco.TargetReconcileOutput(desired, self.sink, record)


def test_mount_each_waits_for_the_target(make_app: Any) -> None:
    counted = Counted()
    provider = coco.register_root_target_states_provider("counted", counted)

    @coco.fn(memo=True)
    async def child(item: Item) -> None:
        coco.declare_target_state(provider.target_state(item.number, item.number))

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, counted.items(ITEMS))

    make_app(main).update_blocking()
    assert counted.applied == ITEMS
    assert counted.most < MOST_ALIVE


def test_mount_waits_for_the_target(make_app: Any) -> None:
    counted = Counted()
    provider = coco.register_root_target_states_provider("counted_too", counted)

    @coco.fn
    def child(item: Item) -> None:
        coco.declare_target_state(provider.target_state(item.number, item.number))

    @coco.fn
    async def main() -> None:
        for number, item in counted.items(ITEMS):
            await coco.mount(coco.component_subpath(number), child, item)

    make_app(main).update_blocking()
    assert counted.applied == ITEMS
    assert counted.most < MOST_ALIVE
