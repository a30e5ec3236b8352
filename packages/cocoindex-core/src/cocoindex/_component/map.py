"""`map`: many calls at once, inside one component. Layer: _component."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Coroutine, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar

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

    Mounts nothing. Waits for all calls, also where some fail.

    Returns:
        The results, in the order of the items.

    Raises:
        The failure of the first item, in their order, that failed.
    """
    current_scope("coco.map()")
    import asyncio

    if isinstance(items, AsyncIterable):
        tasks = [asyncio.ensure_future(fn(item, *args, **kwargs)) async for item in items]
    else:
        tasks = [asyncio.ensure_future(fn(item, *args, **kwargs)) for item in items]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results  # type: ignore[return-value]  # the exceptions were raised above
