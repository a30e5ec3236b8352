"""Callbacks for durable calls of a live range, such as the acknowledgement to a queue. Layer: _live."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from .._runtime.interruption import is_interruption

if TYPE_CHECKING:
    from .._engine.run import Run


class Callbacks:
    """Calls and awaits user functions, one after the other.

    Args:
        tell: called with their failures.
        at_rest: called when none is left.

    Attributes:
        are_called: whether a callback is running or waiting.
    """

    def __init__(
        self, run: Run, tell: Callable[[BaseException], Awaitable[object]], at_rest: Callable[[], None]
    ) -> None:
        self.are_called = False
        self._run = run
        self._tell = tell
        self._at_rest = at_rest
        self._waiting: deque[Callable[[], Any]] = deque()

    def call(self, callback: Callable[[], Any]) -> None:
        """Call `callback` after all earlier ones."""
        self._waiting.append(callback)
        if not self.are_called:
            self.are_called = True
            self._run.spawn(self._call_all())

    async def _call_all(self) -> None:
        while self._waiting:
            try:
                result = self._waiting.popleft()()
                if inspect.isawaitable(result):
                    await result
            except BaseException as exc:
                if is_interruption(exc):
                    raise
                await self._tell(exc)
        self.are_called = False
        self._at_rest()
