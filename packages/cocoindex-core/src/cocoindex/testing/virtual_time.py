"""Virtual time for tests: an event loop whose clock jumps to the next timer (testing kit)."""

from __future__ import annotations

import asyncio
import selectors
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from cocoindex._shown import shown

from .._runtime import deadline
from ..errors import ConnectorKitError

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        # None: only another thread can go on, and that one is waited for; 0: there is something to be done.
        if not timeout:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self.now += timeout
        return ready


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncio's own
        # From Python 3.12 on there is a limit for it, which would be over at once on this clock.
        if sys.version_info >= (3, 12):
            await super().shutdown_default_executor(None)
        else:
            await super().shutdown_default_executor()


def run_in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a clock that begins at 0 and jumps to the next timer when nothing else can run.

    `asyncio.sleep`, `asyncio.timeout` and `coco.timeout` go by it; what other threads do takes no time on it. One at a
    time in a process. `asyncio.get_running_loop().time()` is how much time has passed.

    Raises:
        ConnectorKitError: (a TypeError) `main` is not a coroutine.
        Whatever the coroutine raises.
    """
    if not isinstance(main, Coroutine):
        raise ConnectorKitError(f"run_in_virtual_time(main()) takes a coroutine, not {shown(main)}")
    real = deadline._clock
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        deadline._clock = runner.get_loop().time
        try:
            return runner.run(main)
        finally:
            deadline._clock = real
