"""Whatever is changed, listed and cancelled in which order: in the end the target holds what a rebuild would give."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import View, live

KEYS = 8


class Program:
    """A view of groups, each of which has a feed or a view of its own, and a target that all items are kept in.

    Attributes:
        groups: what is in each group's own map, where the group is there.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.target = RecordingTarget()
        self.groups: dict[int, dict[int, int]] = {n: {} for n in range(3)}
        self.inner: dict[int, View] = {}
        self.outer = View({})
        self.app: Any = None
        self._list()

    def _list(self) -> None:
        self.inner = {n: self.inner.get(n) or View(items) for n, items in self.groups.items()}
        for n, view in self.inner.items():
            view.items = self.groups[n]
        self.outer.items = {n: n for n in self.groups}

    async def main(self) -> None:
        await coco.mount_each(coco.component_subpath("groups"), self.group, self.outer)

    async def group(self, number: int) -> None:
        self.target.declare(("group", number), 0)
        await coco.mount_each(coco.component_subpath("items"), self.item, self.inner[number], number)

    async def item(self, value: int, number: int) -> None:
        for _ in range(self.random.randrange(3)):
            await asyncio.sleep(0)
        self.target.declare((number, value // 1000), value)

    def expected(self) -> dict[Any, Any]:
        found: dict[Any, Any] = {("group", number): 0 for number in self.groups}
        for number, items in self.groups.items():
            found.update({(number, key): value for key, value in items.items()})
        return found

    async def step(self) -> Any:
        """Change something, and tell of it; gives what to wait for."""
        number, key = self.random.choice(list(self.groups)), self.random.randrange(KEYS)
        inner = self.inner[number]
        match self.random.randrange(12):
            case 0 | 1 | 2 | 3 | 4:
                value = self.groups[number][key] = key * 1000 + self.random.randrange(1000)
                return (await inner.calls.update(key, value)).ready()
            case 5 | 6 | 7:
                self.groups[number].pop(key, None)
                return (await inner.calls.delete(key)).ready()
            case 8:
                return inner.calls.update_all()
            case 9:
                return self.outer.calls.update_all()
            case 10:
                return (await self.outer.calls.update(number, number)).ready()
            case _:
                return (await self._group_that_goes_or_comes(number)).ready()

    async def _group_that_goes_or_comes(self, number: int) -> Any:
        if len(self.groups) > 2:
            del self.groups[number], self.outer.items[number]
            return await self.outer.calls.delete(number)
        new = next(n for n in range(3) if n not in self.groups)
        self.groups[new] = {}
        self._list()
        return await self.outer.calls.update(new, new)


@pytest.mark.parametrize("limit", [1, 2, None])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_there_in_the_end(make_app: Any, seed: int, limit: int | None) -> None:
    async def run() -> None:
        program = Program(seed)
        app = make_app(program.main, limit=limit)
        for _ in range(2):
            async with live(app):
                waiting = set[asyncio.Task[Any]]()
                for _ in range(60):
                    try:
                        wait_for = await program.step()
                    except coco.errors.LiveRangeEndedError:  # its group runs again: the listing at its start finds it
                        continue
                    if wait_for is not None:
                        waiting.add(asyncio.ensure_future(wait_for))
                    for _ in range(program.random.randrange(4)):
                        await asyncio.sleep(0)
                for result in await asyncio.gather(*waiting, return_exceptions=True):
                    assert result is None or isinstance(result, coco.errors.LiveRangeEndedError), repr(result)
                await program.outer.calls.update_all()
                assert program.target.data == program.expected()
        program.target.take()
        await app.update()
        assert program.target.take() == [], "nothing is left to be done"
        assert program.target.data == program.expected()

    asyncio.run(run())


def seen(task: asyncio.Task[Any]) -> None:
    """Nobody waits for it."""
    if not task.cancelled():
        task.exception()


@pytest.mark.parametrize("seed", range(4))
def test_an_update_that_is_cancelled_in_the_middle(make_app: Any, seed: int) -> None:
    async def run() -> None:
        program = Program(seed)
        app = make_app(program.main)
        for _ in range(4):
            async with live(app) as update:
                for _ in range(program.random.randrange(40)):
                    try:
                        wait_for = await program.step()
                    except coco.errors.LiveRangeEndedError:
                        continue
                    if wait_for is not None:
                        asyncio.ensure_future(wait_for).add_done_callback(seen)
                    for _ in range(program.random.randrange(4)):
                        await asyncio.sleep(0)
                update.result.cancel()
        await app.update()
        assert program.target.data == program.expected()

    asyncio.run(run())
