"""Decides when the root runs once more in a live update. Layer: _engine.

A component may have to run again because its container is gone, or because a target state became its own. If a live
range can list it, the range runs it. Otherwise only the root reaches it: the root runs, and with it everything that is
marked, as in another update.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec

from .._runtime.log import log
from .backoff import LONGEST_RETRY_SECONDS, doubled

if TYPE_CHECKING:
    from .._runtime.range_report import RangeReport
    from .roll import Lasting, Roll

_MOST_TOLD = 3


class StandingStill:
    """A live range that ended because the root ran again, and was not mounted again because that run failed."""

    def __init__(self, report: RangeReport) -> None:
        self._report = msgspec.structs.replace(report, changes=0, waiting=0, lag=0.0)

    @property
    def path(self) -> str:
        """The path of its children."""
        return self._report.path

    def waits_for(self, what: str) -> None:
        """Return what it waits for."""
        self._report = msgspec.structs.replace(self._report, note=f"STANDS STILL until {what}")

    def report(self) -> RangeReport:
        """Return its last state, and what it waits for."""
        return self._report


class RootAgain:
    """Runs the root after one second, so that several requests make one run; after 1, 2, 4 … 300 seconds if a run
    failed.

    Attributes:
        standing: the live ranges of the root that stand still since a run of it failed.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.standing: list[StandingStill] = []
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._tries = 0
        self._closed = False
        self._due = asyncio.Event()

    def wanted(self) -> None:
        """Request a run of the root."""
        if self._timer is None and not self._closed and not self._due.is_set():
            self._tries += 1
            self._timer = self._loop.call_later(doubled(self._tries, LONGEST_RETRY_SECONDS), self._is_due)

    def _is_due(self) -> None:
        self._timer = None
        self._due.set()

    async def due(self, roll: Roll) -> bool:
        """Wait until the root must run; return False if the update ends first because all its ranges have ended."""
        while not self._due.is_set():
            ended = asyncio.ensure_future(roll.all_ended())
            due = asyncio.ensure_future(self._due.wait())
            try:
                await asyncio.wait([ended, due] if self._timer is None else [due], return_when=asyncio.FIRST_COMPLETED)
                if ended.done() and self._timer is None and not self._due.is_set():
                    return False
            finally:
                ended.cancel()
                due.cancel()
        self._due.clear()
        return not self._closed

    def went(self, *, well: bool, error: BaseException | None, before: list[Lasting], roll: Roll) -> None:
        """Record a run of the root; after a failure, it runs again.

        Args:
            error: the exception, if it failed.
            before: the live ranges before the run.
        """
        if well:
            self._tries = 0
        else:
            self.wanted()
        if error is None:
            self.standing.clear()
            return
        there = set(roll)
        self.standing += [StandingStill(member.report()) for member in before if member not in there]
        if self.standing and not self._closed:
            self._tell_of_standing(error)

    def _tell_of_standing(self, error: BaseException) -> None:
        seconds = doubled(self._tries, LONGEST_RETRY_SECONDS)
        for each in self.standing:
            each.waits_for(f"component / has run, which failed ({type(error).__qualname__}), {seconds:.0f} s apart")
        paths = sorted({each.path for each in self.standing})
        more = f" and {len(paths) - _MOST_TOLD} more" if len(paths) > _MOST_TOLD else ""
        log(
            logging.WARNING,
            f"component / had to run again and failed ({type(error).__qualname__}: {error}). Until it succeeds, the "
            f"live sources that it mounts follow no changes: {', '.join(paths[:_MOST_TOLD])}{more}. It runs again in "
            f"{seconds:.0f} s; then everything that changed meanwhile is applied",
        )

    def close(self) -> None:
        """Stop."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due.set()
