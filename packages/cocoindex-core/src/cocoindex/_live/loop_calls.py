"""The common part of operators and subscribers: the calls of one run of a live loop. Layer: _live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cocoindex._shown import shown

from ..errors import LiveRangeEndedError, MountTypeError

if TYPE_CHECKING:
    from .loop import Loop


class LoopCalls:
    """The common part of operators and subscribers; each belongs to one run of its loop."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._closed = False

    @property
    def live(self) -> bool:
        """Whether the update continues after `mark_ready()`."""
        return self._loop.run.live

    def close(self) -> None:
        """Close: the loop has ended."""
        self._closed = True

    async def mark_ready(self) -> None:
        await self._check()
        await self._loop.mark_ready()

    async def report_exception(self, exc: BaseException) -> None:
        await self._loop.failures.report_exception(exc)

    async def checkpoint(self, value: Any, key: str = "cursor") -> None:
        await self._check()
        self._loop.cursors.checkpoint(key, value)

    async def read_committed_state(self, key: str) -> Any:
        await self._check()
        return self._loop.cursors.read(key)

    async def write_committed_state(self, key: str, value: Any) -> None:
        await self._check()
        self._loop.cursors.write(key, value)

    def durable(self, callback: Callable[[], Any]) -> None:
        self._refuse_closed()
        if not callable(callback):
            raise MountTypeError(f"durable() takes a function to be called, not {shown(callback)}")
        self._loop.cursors.durable(callback)

    def lag(self, seconds: float) -> None:
        self._loop.display.lag(seconds)

    def note(self, text: str) -> None:
        self._loop.display.note(text)

    async def caught_up(self) -> None:
        """Wait until the whole update is ready for the first time; call it after `mark_ready()`."""
        await self._loop.run.until_ready()

    async def _check(self) -> None:
        try:
            self._refuse_closed()
        except LiveRangeEndedError:
            await asyncio.sleep(0)  # a loop that swallows this would spin
            raise

    def _refuse_closed(self) -> None:
        if self._closed:
            raise LiveRangeEndedError(
                f"{self._loop.where} was called after the loop that it belongs to had ended; stop calling it when "
                "that process_live() or watch() ends"
            )
        self._loop.range.refuse_ended()
