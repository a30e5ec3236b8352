"""Distinguishes interruptions of the framework from exceptions of user code. Layer: _runtime."""

from __future__ import annotations

import threading
from typing import Final

from .._described import is_a

_OF_A_THREAD: Final = "_cocoindex_of_a_thread"


def is_interruption(error: BaseException) -> bool:
    """Return whether `error` asks this task or process to stop, and is not a failure of user code.

    User code may raise anything, even a `CancelledError` or `GeneratorExit`: these are failures like others.
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
        if is_a(error, GeneratorExit):  # a coroutine that is being closed is not run by a task
            return task is None
        return task is not None and task.cancelling() > 0
    return False


def raised_in_a_thread(error: BaseException) -> None:
    """Mark an exception as raised by user code in a thread, where Ctrl-C raises nothing: it is a failure like others.

    The waiting caller may raise it in the main thread.
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
