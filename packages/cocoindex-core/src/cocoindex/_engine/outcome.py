"""How a component ended, and who waits for that. Layer: _engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Outcome:
    """The end of one component.

    Attributes:
        ok: whether nothing of it or below it failed so far, or changes, so that it may be skipped next time.
        broken: whether something of it or below it failed.
        in_sink: whether a sink did, of those.
        failed: whether it failed itself.
        error: its own failure, until somebody takes it.
        propagated: what left the outermost exception handler.
        complete: whether it is over, with all that is below it.
    """

    __slots__ = ("_again", "_future", "broken", "complete", "error", "failed", "in_sink", "ok", "propagated")

    def __init__(self) -> None:
        self.ok = True
        self.failed = self.broken = self.in_sink = False
        self.error: BaseException | None = None
        self.propagated: BaseException | None = None
        self.complete = False
        self._future: asyncio.Future[None] | None = None
        self._again: Callable[[], None] | None = None

    def fail(self, error: BaseException, *, in_sink: bool = False) -> None:
        """It failed; it is complete once that was told."""
        self.error = error
        self.failed = True
        self.ok = False
        self.broke(in_sink=in_sink)

    def take_error(self) -> BaseException | None:
        """Its own failure, for who raises it; it is not kept, as what it was raised in may refer to this."""
        error, self.error, self.propagated = self.error, None, None
        return error

    def broke(self, *, in_sink: bool) -> None:
        """Something of it or below it failed; its own run may have gone well."""
        self.broken = True
        self.in_sink |= in_sink

    def child_failed(self) -> None:
        """Something below it failed, which is not its own failure."""
        self.ok = False

    def goes_on_by(self, again: Callable[[], None]) -> None:
        """It goes on when all else is done; `again` has it do so now, as soon as somebody waits."""
        if self._future is not None:
            again()
        else:
            self._again = again

    def end(self, propagated: BaseException | None) -> None:
        """It is over."""
        self.propagated = propagated
        self.complete = True
        self._again = None
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    async def wait(self) -> None:
        """Wait until it is over; raises nothing."""
        if not self.complete:
            if self._future is None:
                self._future = asyncio.get_running_loop().create_future()
            if self._again is not None:
                again, self._again = self._again, None
                again()
            await asyncio.shield(self._future)

    async def ready(self) -> None:
        """Wait until it is over; raises what left the outermost exception handler."""
        await self.wait()
        if self.propagated is not None:
            try:
                raise self.propagated
            finally:
                del self  # to which the traceback would refer
