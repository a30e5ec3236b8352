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
        # None: only another thread can continue, so wait for it; 0: callbacks are ready to run.
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
        # Since Python 3.12 there is a time limit, which would expire at once on this clock.
        if sys.version_info >= (3, 12):
            await super().shutdown_default_executor(None)
        else:
            await super().shutdown_default_executor()


def run_in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a clock that starts at 0 and jumps to the next timer when nothing else can run.

    `asyncio.sleep`, `asyncio.timeout` and `coco.timeout` use this clock; work in other threads takes no time on it.
    Only one coroutine per process can run in this way. `asyncio.get_running_loop().time()` returns the elapsed time in
    seconds.

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
