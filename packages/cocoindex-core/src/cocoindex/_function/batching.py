"""Gathers concurrent calls of a function into batches. Layer: _function."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ..errors import FunctionResultError, RetryWithSmallerBatch
from .reached import collecting, note

_Call = tuple[Any, "asyncio.Future[tuple[Any, set[bytes]]]"]


class Batcher:
    """Batches the calls of one function on one loop: while a batch runs, the next one gathers.

    A batch belongs to none of its callers: its body runs in a context of its own, without a component or a deadline,
    and each caller depends on all functions that the body reached.

    Args:
        run: takes the items of a batch, gives their results.
        max_size: how many items a batch has at most.
        when_idle: called when nothing is left to do.
    """

    __slots__ = ("_max", "_run", "_running", "_waiting", "_when_idle", "name")

    def __init__(
        self,
        name: str,
        run: Callable[[list[Any]], Awaitable[Sequence[Any]]],
        max_size: int | None,
        when_idle: Callable[[], object],
    ) -> None:
        self.name = name
        self._run = run
        self._max = max_size
        self._when_idle = when_idle
        self._waiting: deque[_Call] = deque()
        self._running: asyncio.Task[None] | None = None

    async def call(self, item: Any) -> Any:
        """The result for one item."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[Any, set[bytes]]] = loop.create_future()
        self._waiting.append((item, future))
        if self._running is None:
            self._running = loop.create_task(self._serve(), context=contextvars.Context())
        result, reached = await future
        note(reached)
        return result

    async def _serve(self) -> None:
        try:
            while self._waiting:
                await self._run_some(self._take())
        finally:
            self._running = None
            self._when_idle()
            for _, future in self._waiting:  # none, unless the loop is stopping
                future.cancel()

    def _take(self) -> list[_Call]:
        n = len(self._waiting) if self._max is None else min(self._max, len(self._waiting))
        taken = [self._waiting.popleft() for _ in range(n)]
        return [(item, future) for item, future in taken if not future.done()]

    async def _run_some(self, calls: list[_Call]) -> None:
        if not calls:
            return
        try:
            with collecting() as reached:
                results = self._checked(await self._run([item for item, _ in calls]), len(calls))
        except RetryWithSmallerBatch as retry:
            await self._halve(calls, retry)
        except BaseException as exc:
            for _, future in calls:
                if not future.done():
                    future.set_exception(exc)
            if not isinstance(exc, Exception):
                raise
        else:
            for (_, future), result in zip(calls, results, strict=True):
                if not future.done():
                    future.set_result((result, reached))

    async def _halve(self, calls: list[_Call], retry: RetryWithSmallerBatch) -> None:
        if len(calls) == 1:
            future = calls[0][1]
            if not future.done():
                future.set_exception(retry.__cause__ or retry)
            return
        middle = len(calls) // 2
        await self._run_some(calls[:middle])
        await self._run_some(calls[middle:])

    def _checked(self, results: Any, n: int) -> Sequence[Any]:
        is_list = hasattr(results, "__len__") and hasattr(results, "__getitem__")
        if not is_list or isinstance(results, str | bytes | Mapping) or len(results) != n:
            what = f"{len(results)} results" if is_list and len(results) != n else f"a {type(results).__name__}"
            raise FunctionResultError(
                f"the batched function {self.name} returned {what} for a batch of {n}; "
                "it has to return a list with one result for each item"
            )
        return results  # type: ignore[no-any-return]  # anything with a length, lined up with the items
