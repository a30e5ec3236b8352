"""What is to be called once calls of a live range are durable, such as what confirms them to a queue. Layer: _live."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from .._runtime.interruption import is_interruption

if TYPE_CHECKING:
    from .._engine.run import Run


class Callbacks:
    """Calls and awaits functions of the user, one after the other.

    Args:
        tell: is told of their failures.
        at_rest: is told when there is none left.

    Attributes:
        are_called: whether there is one.
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
        """Call `callback`, after those that came before."""
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
