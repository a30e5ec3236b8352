"""While a target is slow, few components of many target states are held in memory, however few run at once."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex._engine import backlog, committer

STATES = 1000


class SlowTarget:
    """Applies nothing until all that would go on meanwhile has gone on; notes how much is held then."""

    def __init__(self) -> None:
        self.declared = self.applied = self.most = self.largest_call = 0
        self._sink = coco.TargetActionSink.from_async_fn(self._apply)

    def reconcile(
        self, key: coco.StableKey, desired: Any, records: Collection[int], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, int]:
        """Apply each as it is declared."""
        return coco.TargetReconcileOutput((key, desired), self._sink, 1)

    async def _apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        for _ in range(200):
            await asyncio.sleep(0)
        self.most = max(self.most, self.declared - self.applied)
        self.largest_call = max(self.largest_call, len(actions))
        self.applied += len(actions)


def test_they_are_held_back(make_app: Any) -> None:
    target = SlowTarget()
    provider = coco.register_root_target_states_provider("test/slow", target)

    @coco.fn
    async def component(number: int) -> None:
        await asyncio.sleep(0)
        for state in range(STATES):
            coco.declare_target_state(provider.target_state((number, state), state))
            target.declared += 1

    @coco.fn
    async def main() -> None:
        await coco.mount_each(component, [(number, number) for number in range(60)])

    make_app(main, limit=2).update_blocking()
    assert target.applied == 60 * STATES
    assert target.largest_call <= 5 * STATES
    assert target.most <= 11 * STATES


def test_what_is_held_is_bounded_by_bytes(make_app: Any) -> None:
    target = SlowTarget()
    provider = coco.register_root_target_states_provider("test/slow_bytes", target)

    @coco.fn
    async def component(number: int) -> None:
        coco.declare_target_state(provider.target_state(number, {"content": bytes(4_000_000)}))
        target.declared += 1

    @coco.fn
    async def main() -> None:
        await coco.mount_each(component, [(number, number) for number in range(100)])

    make_app(main).update_blocking()
    assert target.applied == 100
    assert target.largest_call <= 9  # 32 MiB, and what exceeds them
    assert target.most <= 2 * 9


@coco.fn(memo=True)
async def returns(number: int) -> bytes:
    return bytes(10_000)


@pytest.mark.parametrize("kind", ["result", "call", "state"])
def test_what_is_stored_is_counted(make_app: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "BACKLOG_BYTES", 80_000)
    monkeypatch.setattr(committer, "ROUND_BYTES", 80_000)
    target = SlowTarget()
    provider = coco.register_root_target_states_provider(f"test/slow_{kind}", target)

    @coco.fn(memo=kind == "result")
    async def component(number: int) -> Any:
        coco.declare_target_state(provider.target_state(number, None))
        target.declared += 1
        if kind == "call":
            await returns(number)
        elif kind == "state":
            coco.use_state("state", b"").value = bytes(10_000)
        return bytes(10_000) if kind == "result" else None

    @coco.fn
    async def main() -> None:
        await coco.mount_each(component, [(number, number) for number in range(100)])

    make_app(main).update_blocking()
    assert target.applied == 100
    assert target.largest_call <= 9
    assert target.most <= 2 * 9


class Item:
    """Something large that a component is about."""


def test_items_are_let_go_before_they_are_applied(make_app: Any) -> None:
    target = SlowTarget()
    provider = coco.register_root_target_states_provider("test/slow_items", target)
    items: weakref.WeakSet[Item] = weakref.WeakSet()

    def source() -> Iterator[tuple[int, Item]]:
        for number in range(200):
            item = Item()
            items.add(item)
            yield number, item

    @coco.fn
    async def component(item: Item) -> None:
        coco.declare_target_state(provider.target_state(target.declared, None))
        target.declared += 1

    @coco.fn
    async def main() -> None:
        await coco.mount_each(component, source())

    most: list[int] = []
    apply = target._apply

    async def count(context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        await apply(context, actions)
        most.append(len(items))

    target._sink = coco.TargetActionSink.from_async_fn(count)
    make_app(main, limit=4).update_blocking()
    assert target.applied == 200
    assert max(most) <= 8
