"""Waits until what was cancelled has left, however often it is itself cancelled meanwhile. Layer: _runtime."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any


async def cancelled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel `tasks`, and wait until all of them have left, however they do.

    Not by `asyncio.gather`: who waits for that cannot be cancelled once its tasks are done, and does not go on where a
    Ctrl-C came between two of its callbacks.
    """
    waited = list(tasks)
    # At the end of the loop all were cancelled: a second time would break into their cleanups.
    if not (is_cut_short() and all(task.cancelling() for task in waited)):
        for task in waited:
            task.cancel()
    if waited:
        await asyncio.wait(waited)
    for task in waited:
        if not task.cancelled():
            task.exception()  # it is told that it was seen


def is_cut_short() -> bool:
    """Whether the operation that this code belongs to is cancelled by nobody of its own: with all tasks of the loop.

    Whoever goes on after a cancellation has to leave then, as no second one follows.
    """
    from .operation import current_operation

    operation = current_operation()
    return operation is not None and operation.was_cut_short


async def to_the_end(
    wait: Callable[[], Awaitable[object]], ended: Callable[[], bool], cancel: Callable[[], object]
) -> None:
    """Await `wait()` until `ended()`.

    Where this task is cancelled, it calls `cancel()` once, goes on waiting, and raises the cancellation at the end.
    """
    try:
        while not ended():
            await wait()
    except asyncio.CancelledError:
        cancel()
        # A cancellation by anyio comes anew in each turn of the loop, unless it is kept out.
        from anyio import CancelScope

        with CancelScope(shield=True):
            while not ended():
                try:
                    await wait()
                except asyncio.CancelledError:
                    pass
        raise
