"""Counts the steps of all tasks of a loop, and cancels one task at chosen ones: wherever something is awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any


class Steps:
    """An update whose task is cancelled right before some of the steps of any task.

    Attributes:
        count: how many steps there were.
    """

    def __init__(self, *cancel_at: int) -> None:
        self.count = 0
        self._cancel_at = cancel_at
        self._cancel: Callable[[], object] = lambda: None

    async def around(self, update: Coroutine[Any, Any, None]) -> None:
        """Run the update; raises what it raises, `CancelledError` too."""
        loop = asyncio.get_running_loop()
        loop.set_task_factory(self._counted)
        task = loop.create_task(update)
        self._cancel = task.cancel
        await asyncio.wait([task])
        return await task

    def step(self) -> None:
        self.count += 1
        if self.count in self._cancel_at:
            self._cancel()

    def _counted(self, loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(_Counted(coro, self), loop=loop, **options)


class _Counted(Coroutine[Any, Any, Any]):
    """A coroutine that tells of its steps."""

    def __init__(self, coro: Coroutine[Any, Any, Any], steps: Steps) -> None:
        self._coro = coro
        self._steps = steps

    def send(self, value: Any) -> Any:
        self._steps.step()
        return self._coro.send(value)

    def throw(self, *raised: Any) -> Any:
        self._steps.step()
        return self._coro.throw(*raised)

    def close(self) -> None:
        self._coro.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return (yield from self._coro.__await__())
