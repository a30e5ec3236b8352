"""Telling what interrupts our own code from what a user's code raised. Layer: _runtime."""

from __future__ import annotations

import threading
from typing import Final

from .._described import is_a

_OF_A_THREAD: Final = "_cocoindex_of_a_thread"


def is_interruption(error: BaseException) -> bool:
    """Whether `error` tells this task or process to stop, and is no failure of the user's code that it comes out of.

    User code may raise anything, a `CancelledError` or `GeneratorExit` of its own too: these are failures like others.
    """
    if is_a(error, Exception):
        return False
    if is_a(error, KeyboardInterrupt):
        return threading.current_thread() is threading.main_thread() and not _is_of_a_thread(error)
    import asyncio

    if is_a(error, asyncio.CancelledError, GeneratorExit):
        try:
            task = asyncio.current_task()
        except RuntimeError:  # no loop runs here
            return is_a(error, GeneratorExit)
        if is_a(error, GeneratorExit):  # a coroutine that is closed is not being run by a task
            return task is None
        return task is not None and task.cancelling() > 0
    return False


def raised_in_a_thread(error: BaseException) -> None:
    """Note that a function of the user raised it in a thread, where Ctrl-C raises nothing: it is a failure like others.

    Whoever waits for the function has it raised in the main thread, perhaps.
    """
    if is_a(error, KeyboardInterrupt):
        try:
            object.__setattr__(error, _OF_A_THREAD, True)
        except BaseException:  # whatever user code raises
            pass


def _is_of_a_thread(error: BaseException) -> bool:
    try:
        return getattr(error, _OF_A_THREAD, False) is True
    except BaseException:  # whatever user code raises
        return False
