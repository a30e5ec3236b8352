"""Gathers concurrent calls of a function into batches. Layer: _function."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from ..errors import FunctionResultError, RetryWithSmallerBatch


class Batcher:
    """Batches the calls of one function on one loop: while a batch runs, the next one gathers."""

    __slots__ = ("_max", "_run", "_running", "_waiting", "name")

    def __init__(self, name: str, run: Callable[[list[Any]], Awaitable[Sequence[Any]]], max_size: int | None) -> None:
        self.name = name
        self._run = run
        self._max = max_size
        self._waiting: deque[tuple[Any, asyncio.Future[Any]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def call(self, item: Any) -> Any:
        """The result for one item."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None:
            self._running = asyncio.ensure_future(self._serve())
        return await future

    async def _serve(self) -> None:
        try:
            while self._waiting:
                await self._run_some(self._take())
        finally:
            self._running = None

    def _take(self) -> list[tuple[Any, asyncio.Future[Any]]]:
        n = len(self._waiting) if self._max is None else min(self._max, len(self._waiting))
        taken = [self._waiting.popleft() for _ in range(n)]
        return [(item, future) for item, future in taken if not future.done()]

    async def _run_some(self, calls: list[tuple[Any, asyncio.Future[Any]]]) -> None:
        if not calls:
            return
        try:
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
                    future.set_result(result)

    async def _halve(self, calls: list[tuple[Any, asyncio.Future[Any]]], retry: RetryWithSmallerBatch) -> None:
        if len(calls) == 1:
            future = calls[0][1]
            if not future.done():
                future.set_exception(retry.__cause__ or retry)
            return
        middle = len(calls) // 2
        await self._run_some(calls[:middle])
        await self._run_some(calls[middle:])

    def _checked(self, results: Any, n: int) -> Sequence[Any]:
        if not hasattr(results, "__len__") or len(results) != n:
            what = f"{len(results)} results" if hasattr(results, "__len__") else f"a {type(results).__name__}"
            raise FunctionResultError(
                f"the batched function {self.name} returned {what} for a batch of {n}; "
                "it has to return a list with one result for each item"
            )
        return results  # type: ignore[no-any-return]  # anything with a length, lined up with the items
