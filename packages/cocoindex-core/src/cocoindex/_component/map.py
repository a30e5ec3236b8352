"""`map`: many calls at once, inside one component. Layer: _component."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Coroutine, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar

from .._runtime.deadline import check_deadline, current_deadline
from .._runtime.scope import current_scope

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


async def map(
    fn: Callable[Concatenate[T, P], Coroutine[Any, Any, R]],
    items: Iterable[T] | AsyncIterable[T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> list[R]:
    """Call `fn(item, *args, **kwargs)` for each item, all at once, inside the running component.

    Mounts nothing. Waits for all calls that it has begun, also where some fail; once the time limit of the caller has
    passed it begins no more.

    Returns:
        The results, in the order of the items.

    Raises:
        The failure of the first item, in their order, that failed; else what the iterable raised.
        DeadlineExceededError: (a TimeoutError) the time limit of the caller has passed.
    """
    current_scope("coco.map()")
    import asyncio

    deadline = current_deadline()
    check_deadline(deadline, "coco.map()")
    tasks: list[asyncio.Future[R]] = []

    def begin(item: T) -> None:
        check_deadline(deadline, "coco.map()")
        tasks.append(asyncio.ensure_future(fn(item, *args, **kwargs)))

    try:
        if isinstance(items, AsyncIterable):
            async for item in items:
                begin(item)
        else:
            for item in items:
                begin(item)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        raise
    finally:
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
    check_deadline(deadline, "coco.map()")
    return results  # type: ignore[return-value]  # the exceptions were raised above
