"""How a component ended, and how to wait for it. Layer: _engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .waits import Waits


class Outcome:
    """The end of one component.

    Args:
        waits: what is waited for in its run.

    Attributes:
        ok: whether nothing of it or below it failed or is still changing, so that it can be skipped next time.
        broken: whether it or something below it failed.
        in_sink: whether one of these failures was in a sink.
        failed: whether it failed itself.
        error: its own exception, until `take_error`.
        propagated: the exception that left the outermost exception handler.
        complete: whether it and everything below it is complete.
    """

    __slots__ = ("_again", "_future", "_waits", "broken", "complete", "error", "failed", "in_sink", "ok", "propagated")

    def __init__(self, waits: Waits) -> None:
        self._waits = waits
        self.ok = True
        self.failed = self.broken = self.in_sink = False
        self.error: BaseException | None = None
        self.propagated: BaseException | None = None
        self.complete = False
        self._future: asyncio.Future[None] | None = None
        self._again: Callable[[], None] | None = None

    def fail(self, error: BaseException, *, in_sink: bool = False) -> None:
        """Record its failure; it is complete after the failure was reported."""
        self.error = error
        self.failed = True
        self.ok = False
        self.broke(in_sink=in_sink)

    def fails_again(self) -> None:
        """Record a failure that was reported before."""
        self.failed = True
        self.ok = False
        self.broke(in_sink=False)

    def take_error(self) -> BaseException | None:
        """Return and drop its own exception, whose traceback may refer to this object."""
        error, self.error, self.propagated = self.error, None, None
        return error

    def broke(self, *, in_sink: bool) -> None:
        """Record a failure of it or below it; its own run may have succeeded."""
        self.broken = True
        self.in_sink |= in_sink

    def must_run_again(self) -> None:
        """Record that the next update must not skip it: something of it or below it failed, or is left to do."""
        self.ok = False

    def goes_on_by(self, again: Callable[[], None]) -> None:
        """Put it off until everything else is done; `again` continues it at once, as soon as somebody waits."""
        if self._future is not None:
            again()
        else:
            self._again = again

    def end(self, propagated: BaseException | None) -> None:
        """Record that it has ended."""
        self.propagated = propagated
        self.complete = True
        self._again = None
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    async def wait(self) -> None:
        """Wait until it has ended; raise nothing but a `CancelledError` if its run has ended without it."""
        if not self.complete:
            if self._future is None:
                self._future = self._waits.new()
            if self._again is not None:
                again, self._again = self._again, None
                again()
            await asyncio.shield(self._future)

    async def ready(self) -> None:
        """Wait until it has ended; raise the exception that left the outermost exception handler."""
        await self.wait()
        if self.propagated is not None:
            try:
                raise self.propagated
            finally:
                del self  # to which the traceback would refer
