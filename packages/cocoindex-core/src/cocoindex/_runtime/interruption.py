"""Telling what interrupts our own code from what a user's code raised. Layer: _runtime."""

from __future__ import annotations

import threading


def is_interruption(error: BaseException) -> bool:
    """Whether `error` tells this task or process to stop, and is no failure of the user's code that it comes out of.

    User code may raise anything, a `CancelledError` or `GeneratorExit` of its own too: these are failures like others.
    """
    if isinstance(error, Exception):
        return False
    if isinstance(error, KeyboardInterrupt):
        return threading.current_thread() is threading.main_thread()
    import asyncio

    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        try:
            task = asyncio.current_task()
        except RuntimeError:  # no loop runs here
            return isinstance(error, GeneratorExit)
        if isinstance(error, GeneratorExit):  # a coroutine that is closed is not being run by a task
            return task is None
        return task is not None and task.cancelling() > 0
    return False
