"""`map`: concurrent calls inside the calling component. Layer: _component."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar

from cocoindex._shown import shown

from .._function.function import Function
from .._function.outcome import Outcome, close_unstarted, outcome_of_awaiting
from .._runtime.closed import closed
from .._runtime.deadline import check_deadline, current_deadline
from ..errors import FunctionArgumentError
from .awaited import awaited

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


@awaited(anywhere=True)
async def map(
    fn: Callable[Concatenate[T, P], Coroutine[Any, Any, R]],
    items: Iterable[T] | AsyncIterable[T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> list[R]:
    """Call `fn(item, *args, **kwargs)` for all items concurrently, inside the running component or outside of any.

    Mounts nothing. Waits for all started calls, even if some fail; after the caller's time limit it starts no more.

    Returns:
        The results, in the order of the items.

    Raises:
        The exception of the first item, in order, that failed; else what the iterable raised.
        DeadlineExceededError: (a TimeoutError) the caller's time limit has passed.
        FunctionArgumentError: (a TypeError) `fn` is not an async function, or `items` cannot be iterated over.
    """
    _check(fn, items)
    import asyncio

    from .._runtime.start_task import start_task
    from .._runtime.time_slice import TimeSlice

    deadline = current_deadline()
    check_deadline(deadline, "coco.map()")
    calls: list[Awaitable[R]] = []
    tasks: list[asyncio.Task[Outcome]] = []

    def begin(item: T) -> None:
        check_deadline(deadline, "coco.map()")
        call = fn(item, *args, **kwargs)
        if not inspect.isawaitable(call):
            raise FunctionArgumentError(
                f"coco.map() takes an async function; {getattr(fn, '__qualname__', fn)} returned a "
                f"{type(call).__name__} that cannot be awaited: make it async, or call it in a loop"
            )
        calls.append(call)
        tasks.append(start_task(outcome_of_awaiting(call)))

    slice = TimeSlice(asyncio.get_running_loop())
    failure: BaseException | None = None
    try:
        if isinstance(items, AsyncIterable):
            async with closed(items) as given:
                async for item in given:
                    begin(item)
                    if slice.is_over():
                        await slice.pass_on()
        else:
            for item in items:
                begin(item)
                if slice.is_over():
                    await slice.pass_on()
    except (asyncio.CancelledError, GeneratorExit):
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        close_unstarted(calls)
        raise
    except BaseException as exc:
        failure = exc
    try:
        results: list[R] = _results(await asyncio.gather(*tasks, return_exceptions=True))
        if failure is not None:
            raise failure
    finally:
        close_unstarted(calls)
        tasks.clear()
        del failure  # what is raised refers to this frame
    check_deadline(deadline, "coco.map()")
    return results


def _results(outcomes: list[Outcome | BaseException]) -> list[Any]:
    """Return the results of the calls, or raise the exception of the first that failed."""
    results: list[Any] = []
    for outcome in outcomes:
        if isinstance(outcome, Outcome):
            results.append(outcome.get())
            continue
        try:
            raise outcome  # of a call that cancelled itself
        finally:
            del outcome, outcomes  # what is raised refers to this frame
    return results


def _check(fn: object, items: object) -> None:
    if not callable(fn):
        advice = "then items"
        if inspect.iscoroutine(fn):
            fn.close()
            advice = "not what calling it gave"
        raise FunctionArgumentError(
            f"coco.map() takes an async function, {advice}: coco.map(fn, items), not {shown(fn)}"
        )
    if isinstance(fn, Function) and not fn.is_async:
        raise FunctionArgumentError(
            f"coco.map() takes an async function; {fn.__qualname__} is sync: make it async, mark it with "
            "@coco.fn.as_async, or call it in a loop"
        )
    if not isinstance(items, AsyncIterable | Iterable) and not hasattr(items, "__getitem__"):
        advice = ""
        if inspect.iscoroutine(items):
            items.close()
            advice = "; await it first"
        elif callable(items):
            advice = "; call it first"
        raise FunctionArgumentError(f"coco.map() takes items that can be iterated over, not {shown(items)}{advice}")
