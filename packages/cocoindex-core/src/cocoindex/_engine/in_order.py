"""The context manager around an update or drop: its begin, and its early end. Layer: _engine."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING

from .._described import is_a
from .._runtime.garbage import collecting_less

if TYPE_CHECKING:
    from .run import Run


class InOrder:
    """Runs the garbage collector less often while many objects are created, ends in order if cancelled, and cleans
    up."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._collecting: AbstractContextManager[None] | None = collecting_less()

    async def __aenter__(self) -> InOrder:
        assert self._collecting is not None
        self._collecting.__enter__()
        self._run.begin()
        return self

    def go_on(self) -> None:
        """Restore the garbage collector: the run continues, but creates no more objects in bulk."""
        collecting, self._collecting = self._collecting, None
        if collecting is not None:
            collecting.__exit__(None, None, None)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if is_a(error, asyncio.CancelledError) or (error is not None and self._run.roll):
                await self._run.leave_in_order()
        finally:
            self.go_on()
            self._run.close()
