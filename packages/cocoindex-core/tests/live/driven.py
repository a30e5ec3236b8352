"""Live sources that a test drives step by step, and a live update that it follows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import cocoindex as coco

Act = Callable[[Any], Awaitable[Any]]


class Driven:
    """What `watch` or `process_live` runs: what the test asks for, one after the other.

    Attributes:
        calls: the subscriber or operator of the run that goes on.
        left: how many runs have ended.
    """

    def __init__(self) -> None:
        self.calls: Any = None
        self.left = 0
        self._asked: asyncio.Queue[tuple[Act, asyncio.Future[Any]] | None] = asyncio.Queue()

    async def run(self, calls: Any) -> None:
        """Do what is asked for until `end` is."""
        self.calls = calls
        try:
            while (asked := await self._asked.get()) is not None:
                act, answer = asked
                try:
                    result = await act(calls)
                except Exception as exc:
                    answer.set_exception(exc)
                else:
                    answer.set_result(result)
        finally:
            self.left += 1

    async def do(self, act: Act) -> Any:
        """Have the loop do something; gives what that returns, or raises its failure."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked.put_nowait((act, answer))
        return await answer

    async def ready(self, act: Act) -> None:
        """Have the loop make a call, and wait until that is ready."""
        await (await self.do(act)).ready()

    def end(self) -> None:
        """Have the loop return."""
        self._asked.put_nowait(None)


class Feed(Driven):
    """A live map of which only changes are told."""

    async def watch(self, subscriber: Any) -> None:
        await self.first(subscriber)
        await subscriber.mark_ready()
        await self.run(subscriber)

    async def first(self, subscriber: Any) -> None:
        """What is called before it is ready."""

    async def update(self, key: Any, value: Any) -> None:
        """Tell of a value, and wait until that is applied."""
        await self.ready(lambda subscriber: subscriber.update(key, value))

    async def delete(self, key: Any) -> None:
        """Tell that a key is gone, and wait until that is applied."""
        await self.ready(lambda subscriber: subscriber.delete(key))


class View(Feed):
    """A live map that can be listed.

    Attributes:
        items: what is in it.
        listed: is called with each key right before it is given.
    """

    def __init__(self, items: dict[Any, Any]) -> None:
        super().__init__()
        self.items = items
        self.listed: Callable[[Any], Awaitable[None]] | None = None

    async def __aiter__(self) -> AsyncIterator[tuple[Any, Any]]:
        for key, value in list(self.items.items()):
            if self.listed is not None:
                await self.listed(key)
            yield key, value

    async def first(self, subscriber: Any) -> None:
        await subscriber.update_all()


class Live:
    """A live update that runs.

    Attributes:
        handle: of the update.
        result: its end.
    """

    def __init__(self, app: coco.App[..., Any]) -> None:
        self.handle = app.update(live=True)
        self.result = asyncio.ensure_future(self.handle.result())

    async def ready(self) -> None:
        """Wait until it is ready; raises its failure where it ends before."""
        watching = asyncio.ensure_future(self._seen_ready())
        await asyncio.wait([watching, self.result], return_when=asyncio.FIRST_COMPLETED)
        if not watching.done():
            watching.cancel()
            await self.result
        await watching

    async def _seen_ready(self) -> None:
        async for snapshot in self.handle.watch():
            if snapshot.status is coco.UpdateStatus.READY:
                return


@asynccontextmanager
async def live(app: coco.App[..., Any], *, wait: bool = True) -> AsyncIterator[Live]:
    """A live update for the time of a block, once it is ready; cancelled at its end where it runs then."""
    update = Live(app)
    try:
        if wait:
            await update.ready()
        yield update
    finally:
        update.result.cancel()
        await asyncio.wait([update.result])
