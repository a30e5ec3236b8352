"""Starts the tasks of one run, and ends the run where one cannot be started or breaks. Layer: _engine."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any

from .._runtime.interruption import is_interruption
from .._runtime.start_task import start_task


class Tasks:
    """Starts tasks in the context of the run: the time limit and the component of a caller do not apply to them.

    The program's task factory may raise, or memory may be short. Whoever waits for such a task would wait for ever.

    Args:
        loop: the loop they run on.
        on_broken: ends the run with an exception that is no component's fault.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, on_broken: Callable[[BaseException], None]) -> None:
        self._loop = loop
        self._on_broken = on_broken
        self._calm = contextvars.copy_context()

    def start(self, work: Coroutine[Any, Any, Any], *, watched: bool = True) -> asyncio.Task[Any]:
        """Start `work`; if it cannot be started, end the run and return a cancelled task.

        Args:
            watched: whether to end the run if it raises; False if the caller looks at its outcome.
        """
        try:
            task = start_task(work, loop=self._loop, context=self._calm.copy())
        except BaseException as exc:
            if is_interruption(exc):
                raise
            self._on_broken(exc)
            task = asyncio.Task(_nothing(), loop=self._loop)  # not by the program's factory
            task.cancel()
        else:
            if watched:
                task.add_done_callback(self._look)
        return task

    def call_soon(self, fn: Callable[..., object], *args: Any) -> None:
        """Call `fn` in the next iteration of the loop; if it raises, end the run."""
        self._loop.call_soon(self._call, fn, args)

    def _call(self, fn: Callable[..., object], args: tuple[Any, ...]) -> None:
        try:
            fn(*args)
        except BaseException as exc:
            if is_interruption(exc):
                raise
            self._on_broken(exc)

    def _look(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None and not is_interruption(error):
            self._on_broken(error)


async def _nothing() -> None:
    pass
