"""The outcome of a call as a value, because futures and tasks cannot carry every exception. Layer: _function.

A `StopIteration` cannot be raised into a future, and a `SystemExit` or `KeyboardInterrupt` that leaves a task ends its
event loop. An outcome carries any of them to the caller, and raises it there.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from .._described import is_a, raised_at, traceback_of


class Outcome:
    """A result, or the exception that was raised instead.

    Several outcomes may share an exception: each raises it with the original traceback.
    """

    __slots__ = ("_result", "_traceback", "error")

    def __init__(self, result: Any, error: BaseException | None = None) -> None:
        self._result = result
        self._traceback = None if error is None else traceback_of(error)
        self.error = error

    def again(self) -> Outcome:
        """Return a copy for another caller."""
        other = Outcome(self._result, self.error)
        other._traceback = self._traceback
        return other

    def get(self) -> Any:
        """Return the result or raise the exception; drop the exception, whose frames may refer to this object."""
        if self.error is None:
            return self._result
        error, self.error = raised_at(self.error, self._traceback), None
        self._traceback = None
        try:
            raise error
        finally:
            del error  # which refers to this frame now


async def outcome_of_awaiting(awaitable: Awaitable[Any]) -> Outcome:
    """Await something and return its outcome; a cancellation of the awaiting task passes through."""
    import asyncio

    try:
        return Outcome(await awaitable)
    except BaseException as exc:
        if is_a(exc, GeneratorExit, asyncio.CancelledError) and _is_cancelled():
            raise
        return Outcome(None, exc)


def _is_cancelled() -> bool:
    """Return whether the running task is cancelled, or there is none because a coroutine is being closed."""
    import asyncio

    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


async def outcomes_of_awaiting(awaitables: Sequence[Awaitable[Any]]) -> list[Outcome]:
    """Await all concurrently; all have ended when it returns, and also when it is cancelled."""
    import asyncio

    try:
        return await asyncio.gather(*map(outcome_of_awaiting, awaitables))
    except BaseException:
        close_unstarted(awaitables)
        raise


def close_unstarted(awaitables: Iterable[object]) -> None:
    """Close coroutines whose task was cancelled before they started, so that Python does not warn."""
    for awaitable in awaitables:
        if inspect.iscoroutine(awaitable) and inspect.getcoroutinestate(awaitable) == inspect.CORO_CREATED:
            awaitable.close()


async def in_thread(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Call a function in a thread with the caller's context; a cancelled update waits until it returns.

    Raises:
        LeakedStopIterationError: (a RuntimeError) the function raised StopIteration.
    """
    from .._runtime import daemon_threads

    return await daemon_threads.in_thread(fn, args, kwargs, named(fn))


def named(fn: Callable[..., Any]) -> str:
    """Return the name of a function for messages about waiting."""
    return f"the function {getattr(fn, '__qualname__', None) or type(fn).__qualname__}"
