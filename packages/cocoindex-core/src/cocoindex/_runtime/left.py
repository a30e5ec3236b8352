"""Waits until cancelled tasks have ended, even if the waiting task is cancelled repeatedly. Layer: _runtime."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any


async def cancelled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel `tasks`, and wait until all of them have ended in any way.

    `asyncio.gather` does not work here: waiting for it cannot be cancelled once its tasks are done, and does not return
    if Ctrl-C came between two of its callbacks.
    """
    waited = list(tasks)
    # At the end of the loop all were cancelled: a second cancellation would interrupt their cleanup.
    if not (is_cut_short() and all(task.cancelling() for task in waited)):
        for task in waited:
            task.cancel()
    if waited:
        await asyncio.wait(waited)
    for task in waited:
        if not task.cancelled():
            task.exception()  # marks the exception as retrieved


def is_cut_short() -> bool:
    """Return whether the current operation is cancelled together with all tasks of the loop.

    Code that continues after a cancellation must end then, because no second one follows.
    """
    from .operation import current_operation

    operation = current_operation()
    return operation is not None and operation.was_cut_short


async def to_the_end(
    wait: Callable[[], Awaitable[object]], ended: Callable[[], bool], cancel: Callable[[], object]
) -> None:
    """Await `wait()` until `ended()`.

    If this task is cancelled, call `cancel()` once, continue to wait, and raise the cancellation at the end.
    """
    try:
        while not ended():
            await wait()
    except asyncio.CancelledError:
        cancel()
        # anyio repeats a cancellation in each turn of the loop, unless it is shielded.
        from anyio import CancelScope

        with CancelScope(shield=True):
            while not ended():
                try:
                    await wait()
                except asyncio.CancelledError:
                    pass
        raise
