"""A live range with the loop that feeds it: its readiness, its failures, and its end. Layer: _live."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from .._described import is_a
from .._engine.outcome import Outcome
from .._runtime.counts import GroupBoard
from .._runtime.interruption import is_interruption
from .._runtime.scope import _scope
from ..errors import AlreadyWatchedError, LiveRangeEndedError
from .cursors import Cursors
from .loop_failures import LoopFailures
from .loop_kind import LoopKind
from .loop_scope import LoopComponent
from .loop_task import LoopExit, LoopTask
from .port import EnginePort
from .range import LiveRange
from .range_display import RangeDisplay
from .supervise import Rescans, Restarts, retry_live, retry_next_time
from .unready import Unready

if TYPE_CHECKING:
    from .._engine.anchor import Anchor
    from .._engine.roll import Lasting
    from .._runtime.counts import CountBoard
    from .._runtime.failure import ExceptionHandler
    from .._runtime.range_report import RangeReport


class Loop(LoopKind):
    """One live range of an update; the roll refers to it until it ends.

    Attributes:
        range: the live range that processes the calls.
        outcome: complete once it is ready; the mounting component waits for it.
        rescans: decides when its source is listed again because children failed.
        restarts: decides when a failed loop runs again.
        outer: the range whose child mounted it, at any depth; None if there is none.
        display: its state for watchers.
        failures: reports failures of the loop itself.
        leaving: whether it was told to end.
    """

    def __init__(
        self,
        anchor: Anchor,
        where: str,
        board: CountBoard,
        handlers: tuple[ExceptionHandler, ...],
        outer: Lasting | None,
    ) -> None:
        self.anchor = anchor
        self.run = anchor.run
        self.board = board
        self.handlers = handlers
        self.outer = outer
        self.port = EnginePort(anchor, self, board, handlers)
        self.range = LiveRange(self.port, where, retry=self._retry, wait=self.run.waits.new)
        self.port.is_overtaken = self.range.is_overtaken
        self.rescans = Rescans(self._rescan_soon, self.run.loop)
        self.restarts = Restarts(self.run.loop.time)
        self.range.retries.on_none = self.rescans.wanted
        self.outcome = Outcome(self.run.waits)
        self.failures = LoopFailures(anchor, board, handlers)
        self.leaving = False
        self.where = where
        self.display = RangeDisplay()
        self._unready = Unready(self.range, self.failures, where, self.run.loop)
        self._marked = self._caught_up = False
        self._loop: LoopTask | None = None
        self._managing: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._goes_on: GroupBoard | None = None
        self._cursors: Cursors | None = None
        if isinstance(board, GroupBoard):
            board.expect()
            if self.run.live:
                board.goes_on()
                self._goes_on = board

    @property
    def is_ready(self) -> bool:
        return self.outcome.complete

    # Its life

    def begin(self) -> None:
        """Start the loop."""
        self._managing = self.run.spawn(self._manage())

    async def retire(self) -> None:
        """End, see `Lasting`."""
        self.leaving = True
        self._woken.set()
        if self._loop is not None:
            await self._loop.cancel()
        if self._managing is not None:
            await asyncio.wait([self._managing])

    async def cancel_loop(self) -> None:
        """Cancel the loop and wait a while for it to leave; drop what waits. See `Lasting`."""
        self.leaving = True
        self._woken.set()
        if self._loop is not None:
            await self._loop.cancel_aside()
        self.run.spawn(self.range.retire())
        await asyncio.sleep(0)

    async def has_left(self) -> None:
        """Wait until the loop cancelled by `cancel_loop` has left or was abandoned."""
        if self._loop is not None:
            await self._loop.has_left()

    async def _manage(self) -> None:
        try:
            await self._go()
        finally:  # at the end of the event loop it is cancelled with everybody who waits for it
            self._unready.close()
            self._become_ready()
            self.run.roll.discard(self)
            if self._goes_on is not None:
                self._goes_on.range_ended()

    async def _go(self) -> None:
        if self._has_stored():
            self.cursors.make_failed_again()
        while not self.leaving:
            self.restarts.begin()
            error = await self._attempt()
            if self.leaving or self._caught_up:
                if error is not None and not self.run.stopping:
                    await self.failures.tell(error)
                break
            if error is None:
                self._marked = True
                break
            if (pause := await self._pause_after(error)) is None:
                break
            self.display.restarted()
            await self._sleep(pause)
        if not self.leaving and not self.outcome.complete:
            await self._settled()
        self.rescans.close()
        await asyncio.gather(self.range.retire(), self._quiet())
        await self._flushed()
        if self._cursors is not None:
            self._cursors.close()

    async def _attempt(self) -> BaseException | None:
        """Run the loop until it returns, fails or leaves; return its exception."""
        self._loop = loop = LoopTask(self.run, self._in_scope(), self._path())
        await loop.ended()
        self._stop_calls()
        error = loop.error()
        if is_a(error, asyncio.CancelledError) and (self.leaving or self._caught_up):
            return None
        return error

    async def _in_scope(self) -> None:
        _scope.set(LoopComponent(self.anchor, self.board).scope())
        try:
            await self._once()
        except (KeyboardInterrupt, SystemExit) as exc:  # raised in a task, they would end the whole event loop
            if is_interruption(exc):
                raise
            raise LoopExit(exc) from None

    async def _pause_after(self, error: BaseException) -> float | None:
        """Report a failure of the loop; return after how many seconds it runs again, or None."""
        if is_a(error, LoopExit):
            error = error.raised
        for_good = not (self.run.live and self._may_run_again()) or is_a(error, AlreadyWatchedError)
        if for_good and not self.outcome.complete:
            await self._fail(error)
            return None
        await self.failures.tell(error)
        if for_good:
            return None
        if (pause := self.restarts.failed()) is None:
            self.run.give_up(error)
        return pause

    def _retry(self, tries: int, in_sink: bool) -> float | None:
        return retry_live(tries, in_sink) if self.run.live else retry_next_time(tries, in_sink)

    def _rescan_soon(self) -> None:
        self.display.rescan_wanted()
        self.run.spawn(self._rescan_alone())

    async def _rescan_alone(self) -> None:
        """List the source without a caller that could receive a failure."""
        try:
            await self._rescan()
        except LiveRangeEndedError:
            return
        except BaseException as exc:
            if is_interruption(exc):
                raise
            await self.failures.tell(exc)
            self.rescans.wanted()

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            pass

    # When it is ready

    async def mark_ready(self) -> None:
        """Note that all calls for the initial content were made; in an update that is not live, the loop ends here."""
        if self._caught_up:
            await asyncio.sleep(0)  # a loop that swallows this would spin
            raise asyncio.CancelledError
        if self._marked:
            return
        self._marked = True
        self._unready.close()
        if self.run.live:
            self.run.spawn(self._ready_when_settled(self.range.number))
            return
        await self._settled(self.range.number)
        await self._flushed()
        self._caught_up = True
        assert self._loop is not None
        self.run.spawn(self._loop.cancel())
        if self._loop.is_current():
            await asyncio.get_running_loop().create_future()
        raise asyncio.CancelledError

    async def _ready_when_settled(self, number: int) -> None:
        await self._settled(number)
        self._become_ready()

    async def _settled(self, number: int | None = None) -> None:
        try:
            await self.range.settled(number)
        except LiveRangeEndedError:
            return
        await self.port.all_nested_ready()

    def _become_ready(self, propagated: BaseException | None = None) -> None:
        if self.outcome.complete:
            return
        self.outcome.end(propagated)
        self.display.ready()
        self._ready()
        if isinstance(self.board, GroupBoard):
            self.board.child_complete()
        self.board.changed()

    # What it has stored of its source

    @property
    def cursors(self) -> Cursors:
        """Return the stored state of its source."""
        if self._cursors is None:
            self._cursors = cursors = Cursors(
                self.anchor,
                self.prefix,
                self.range,
                f"the live range {self._path()}",
                self.failures.tell,
                self._stored_calls(),
                self._basis(),
            )
            self.port.on_ran = cursors.ran
        return self._cursors

    @property
    def has_cursors(self) -> bool:
        """Return whether the dependencies of its children are needed."""
        return self._cursors is not None and self._cursors.are_used

    async def _flushed(self) -> None:
        if self._cursors is not None:
            await self._cursors.flushed()

    def report(self) -> RangeReport:
        """Return its state; see `Lasting`."""
        return self.display.report(str(self._path()), self.range.stats(), time.monotonic())

    def under_way(self) -> Collection[object]:
        """Return its running children; see `Lasting`."""
        return self.port.under_way()
