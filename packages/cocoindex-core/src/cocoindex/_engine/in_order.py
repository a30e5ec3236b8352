"""The frame of an update or drop: how it begins, and how it leaves when it ends before its time. Layer: _engine."""

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
    """Collects garbage less often while many objects are built, leaves in order when cancelled, and tidies up."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._collecting: AbstractContextManager[None] | None = collecting_less()

    async def __aenter__(self) -> InOrder:
        assert self._collecting is not None
        self._collecting.__enter__()
        self._run.begin()
        return self

    def go_on(self) -> None:
        """Many objects are built no longer; the run goes on."""
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
