"""Gathers concurrent calls of a function into batches. Layer: _function."""

from __future__ import annotations

import asyncio
import contextvars
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

from .._described import cause_of
from .._runtime.start_task import start_task
from .._runtime.underway import Underway, current_underway, set_underway
from ..errors import FunctionCancelledError, FunctionResultError, RetryWithSmallerBatch
from .outcome import Outcome, outcome_of_awaiting
from .reached import Reached, collecting, note

_Call = tuple[Any, "asyncio.Future[tuple[Outcome, Reached]]", "Underway | None"]


class Batcher:
    """Batches the calls of one function on one loop: while the maximum number of batches runs, the next one is filled.

    A batch belongs to none of its callers: its body runs in a context of its own, without a component or a deadline,
    and each caller depends on all functions that the body reached. An exception of the body reaches the callers of
    that batch only. The batch counts as under way in the operations of all its callers. If none of them waits for it
    any more, it is cancelled.

    Args:
        run: takes the items of a batch and returns their results.
        max_size: the maximum number of items in a batch.
        in_flight: how many batches may run at once; if several may, waiting items are distributed among them.
        variables: the context variables of the body, with their values.
        when_idle: called when nothing is left to do.
    """

    __slots__ = (
        "_in_batch",
        "_looking",
        "_max",
        "_most",
        "_run",
        "_running",
        "_servers",
        "_variables",
        "_waiting",
        "_when_idle",
        "name",
    )

    def __init__(
        self,
        name: str,
        run: Callable[[list[Any]], Awaitable[Sequence[Any]]],
        max_size: int | None,
        in_flight: int,
        variables: Sequence[tuple[contextvars.ContextVar[Any], Any]],
        when_idle: Callable[[], object],
    ) -> None:
        self.name = name
        self._run = run
        self._max = max_size
        self._most = in_flight
        self._variables = variables
        self._when_idle = when_idle
        self._waiting: deque[_Call] = deque()
        self._servers: set[asyncio.Task[None]] = set()
        self._running: dict[asyncio.Task[Outcome], list[_Call]] = {}
        self._in_batch = 0
        self._looking = False

    async def call(self, item: Any) -> Any:
        """Return the result for one item."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[Outcome, Reached]] = loop.create_future()
        call = (item, future, current_underway())
        self._waiting.append(call)
        if len(self._servers) < self._most:
            context = contextvars.Context()
            for variable, value in self._variables:
                context.run(variable.set, value)
            try:
                self._servers.add(start_task(self._serve(), context=context))
            except BaseException:
                self._waiting.remove(call)
                raise
        try:
            outcome, reached = await future
        except asyncio.CancelledError:
            if not self._looking:
                self._looking = True
                loop.call_soon(self._look_for_abandoned)
            raise
        note(reached)
        return outcome.get()

    async def _serve(self) -> None:
        try:
            while self._waiting:
                calls = self._take()
                self._in_batch += 1
                try:
                    await self._run_some(calls)
                finally:
                    self._in_batch -= 1
        finally:
            self._servers.discard(cast("asyncio.Task[None]", asyncio.current_task()))
            if not self._servers:
                self._when_idle()
                for _, future, _ in self._waiting:  # none, unless the loop is stopping
                    future.cancel()

    def _take(self) -> list[_Call]:
        n = math.ceil(len(self._waiting) / (self._most - self._in_batch))
        n = n if self._max is None else min(self._max, n)
        return [self._waiting.popleft() for _ in range(n)]

    async def _run_some(self, calls: list[_Call]) -> None:
        calls = [call for call in calls if not call[1].done()]
        if not calls:
            return
        reached: Reached = set()
        try:
            with collecting() as reached:
                results = self._checked(await self._in_its_own_task(calls), len(calls))
        except RetryWithSmallerBatch as retry:
            await self._halve(calls, retry)
        except asyncio.CancelledError as exc:
            if self._is_cancelled():
                for _, future, _ in calls:
                    future.cancel()
                raise
            _fail(calls, self._cancelled_itself(exc))
        except BaseException as exc:
            _fail(calls, exc)
        else:
            for (_, future, _), result in zip(calls, results, strict=True):
                _settle(future, Outcome(result), reached)

    async def _in_its_own_task(self, calls: list[_Call]) -> Any:
        """Run the body in a task of its own, which it may cancel; this task continues with other batches.

        If the body was cancelled, wait for the threads that it left behind.
        """
        underway = Underway(*[underway for _, _, underway in calls])

        async def run() -> Outcome:
            set_underway(underway)
            return await outcome_of_awaiting(self._run([item for item, _, _ in calls]))

        task = start_task(run())
        self._running[task] = calls
        counted = underway.begin(f"the function {self.name}")
        try:
            return (await task).get()
        finally:
            del self._running[task]
            underway.end(counted)
            if not self._is_cancelled():
                await underway.idle()

    def _look_for_abandoned(self) -> None:
        """Cancel the batches whose callers have all been cancelled."""
        self._looking = False
        for task, calls in self._running.items():
            if not task.cancelling() and all(future.done() for _, future, _ in calls):
                task.cancel()

    async def _halve(self, calls: list[_Call], retry: RetryWithSmallerBatch) -> None:
        if len(calls) == 1:
            _fail(calls, retry if (cause := cause_of(retry)) is None else cause)
            return
        middle = len(calls) // 2
        await self._run_some(calls[:middle])
        await self._run_some(calls[middle:])

    def _is_cancelled(self) -> bool:
        """Return whether this task itself was cancelled, because its loop is stopping."""
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0

    def _cancelled_itself(self, exc: BaseException) -> FunctionCancelledError:
        error = FunctionCancelledError(
            f"the body of the batched function {self.name} was cancelled from inside, so the calls of that batch have "
            "no results; raise another exception to say why"
        )
        error.__cause__ = exc
        return error

    def _checked(self, results: Any, n: int) -> list[Any]:
        is_list = hasattr(results, "__len__") and hasattr(results, "__getitem__")
        found = list(results) if is_list and not isinstance(results, str | bytes | Mapping) else None
        if found is None or len(found) != n:
            what = f"a {type(results).__name__}" if found is None else f"{len(found)} results"
            raise FunctionResultError(
                f"the batched function {self.name} returned {what} for a batch of {n}; "
                "it has to return a list with one result for each item"
            )
        return found


def _fail(calls: list[_Call], exc: BaseException) -> None:
    for _, future, _ in calls:
        _settle(future, Outcome(None, exc), set())


def _settle(future: asyncio.Future[tuple[Outcome, Reached]], outcome: Outcome, reached: Reached) -> None:
    if not future.done():
        future.set_result((outcome, reached))
