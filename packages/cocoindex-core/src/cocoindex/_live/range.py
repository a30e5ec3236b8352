"""The children of one component with a source of their own, and the calls that change them. Layer: _live.

Calls are numbered in order. At most one job of a key runs and one waits; a newer call replaces the waiting one. A scan
lists the source and decides all keys that no later call decides. Keys at rest use no memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ..errors import LiveRangeEndedError
from .holds import Holds
from .mailbox import REMOVE, Call, Job, Mailbox, Timer
from .mailboxes import LIVE_OPEN, Mailboxes
from .needs import Port, Retry
from .overtaken import Overtaken
from .retries import Retries
from .scan import Scan
from .tally import RangeStats, Tally
from .watermark import Watermark


class LiveRange:
    """See the module. All methods must be called on one event loop.

    Args:
        port: runs and removes keys.
        where: the name of the range in errors.
        limit: how many mailboxes calls may open, not counting those of scans.
        retry: decides when a failed job is retried; by default never.
        clock: returns the time in seconds; by default the running loop's.
        later: calls a function after a delay in seconds; by default the running loop's `call_later`.
        wait: creates what a caller waits for; by default a future of the running loop.

    Attributes:
        told: the watermark below which all calls are durable, or their failures were reported.
        durable: the watermark below which all calls are durable, or failed and stored by the keeper.
        number: the number of the last call.
        ended: whether it was retired.
        holds: the failures that keep `durable` from advancing.
        boxes: the mailboxes by key.
        retries: the failed jobs that wait for a retry.
        scan, coming: the running scan, and the announced ones.
    """

    def __init__(
        self,
        port: Port,
        where: str,
        *,
        limit: int = LIVE_OPEN,
        retry: Retry = lambda tries, in_sink: None,
        clock: Callable[[], float] | None = None,
        later: Callable[[float, Callable[[], None]], Timer] | None = None,
        wait: Callable[[], asyncio.Future[None]] | None = None,
    ) -> None:
        self.told = Watermark()
        self.durable = Watermark()
        self.ended = False
        self._port = port
        self._where = where
        self._clock = clock or asyncio.get_running_loop().time
        self._wait = wait or (lambda: asyncio.get_running_loop().create_future())
        self.number = 0
        self.boxes = Mailboxes(limit)
        self.holds = Holds(self.durable, self.boxes, limit)
        later = later or (lambda delay, then: asyncio.get_running_loop().call_later(delay, then))
        self.retries = Retries(self.boxes, self.durable, self.holds, retry=retry, later=later, start=self._start)
        self.scan: Scan | None = None
        self.coming: list[Scan] = []
        self._quiet: list[asyncio.Future[None]] = []
        self._running = 0
        self._overtaken = Overtaken()
        self._tally = Tally(limit)

    # Calls

    def update(self, key: bytes, work: Any) -> Call:
        """Run `work` at `key` after the running job, in place of the waiting one."""
        return self._call(key, work)

    def delete(self, key: bytes) -> Call:
        """Remove `key` after the running job, in place of the waiting one."""
        return self._call(key, REMOVE)

    def make_again(self, key: bytes, work: Any) -> Call:
        """Do the same as `update` or `delete` for a stored call of an earlier update, which no cursor waits for."""
        return self._call(key, work, stored=True)

    async def room(self, key: bytes) -> None:
        """Wait while too many mailboxes are open, unless `key` has one; await it right before a call."""
        await self.boxes.room(key, lambda: self.ended)
        self.refuse_ended()

    async def settled(self, upto: int | None = None) -> None:
        """Wait until all calls up to a number (by default all so far) are durable, or their failures were reported."""
        await self.told.past(self.number if upto is None else upto)

    def begin_scan(self, *, part: bytes = b"", removes_only: bool = False) -> Scan:
        """Begin a scan of the source, which decides all keys that no later call decides. Only one scan runs at a time.

        Args:
            part: the prefix of the scanned keys.
            removes_only: whether it decides only keys that it does not find.
        """
        scan = self.announce_scan(part=part, removes_only=removes_only)
        scan.begin()
        return scan

    def announce_scan(self, *, part: bytes = b"", removes_only: bool = False) -> Scan:
        """Announce a scan that begins later, by `begin`; calls from now on are newer than the scan."""
        self.refuse_ended()
        scan = Scan(self, self._next(), part=part, removes_only=removes_only)
        self.coming.append(scan)
        return scan

    def begin_full(self) -> int:
        """Note that the caller will decide all keys itself (see `pause`); return the number for `end_full`."""
        number = self._next()
        self.durable.open(number)
        return number

    def end_full(self, number: int, *, ok: bool) -> None:
        """Note that it has done so. After a failure, no cursor passes the number until a later one succeeds."""
        if ok:
            self.holds.listed(number)
        else:
            self.holds.missed(number)

    async def retire(self) -> None:
        """Drop waiting jobs, accept no more calls, and wait for running jobs."""
        self._end()
        await self._at_rest()

    async def pause(self) -> None:
        """Wait until nothing runs, and suspend retries: the caller decides all keys until `resume`.

        Nobody may make calls in the meantime.

        Raises:
            LiveRangeEndedError: the range has ended.
        """
        self.retries.pause()
        await self._at_rest()
        self.refuse_ended()

    def resume(self, *, decided: bool) -> None:
        """End the pause; the suspended retries are dropped if the caller decided all keys, else resumed."""
        failed = self.retries.resume()
        if not decided:
            self.retries.rearm(failed)
            return
        for box in failed:
            job, box.waiting, box.timer = box.waiting, None, None
            assert job is not None
            self._tally.decided(box.key)
            if job.oldest is not None:
                self.durable.close(job.oldest)
            self.holds.decided(box.key)
            job.end(None)
            self.boxes.close(box)

    async def _at_rest(self) -> None:
        while self._running:
            future = self._wait()
            self._quiet.append(future)
            await future

    @property
    def is_busy(self) -> bool:
        """Return whether something runs, waits or is being listed."""
        return bool(self.boxes or self.scan or self.coming)

    def stats(self) -> RangeStats:
        """Return the numbers for the display."""
        return self._tally.stats(self.boxes.values())

    def refuse_ended(self) -> None:
        """Raise LiveRangeEndedError if the range was retired."""
        if self.ended:
            raise self._ended_error("takes no more calls")

    async def is_overtaken(self, key: bytes) -> bool:
        """Return whether a newer call decides the key of a running job, waiting a moment for one.

        An item that is gone when it is read was removed, which the source may not have reported yet.
        """
        box = self.boxes.get(key)
        if self.ended or box is None or box.waiting is not None:
            return True
        return await self._overtaken.within_a_moment(key)

    # The course of a call, including those of scans

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _call(self, key: bytes, work: Any, *, stored: bool = False) -> Call:
        self.refuse_ended()
        number = self._next()
        if self.scan is not None:
            self.scan.decided_later(key)
        for scan in self.coming:
            scan.decided_later(key)
        box = self.boxes.get(key) or self.boxes.open(key, is_scans=False)
        self.boxes.count(box)
        return self.post(box, number, work, stored=stored)

    def post(self, box: Mailbox, number: int, work: Any, *, stored: bool = False) -> Call:
        """Put the newest call of a key in place of the waiting one, and start it if nothing runs."""
        job = box.waiting
        if job is None:
            job = box.waiting = self.new_job(number, work, stored=stored)
        else:
            box.stop_timer()
            if job.untold is None:  # a retry: nobody waits for its calls
                self.told.open(number)
                job.untold, job.since, job.tries = number, self._clock(), 0
            if job.oldest is None:  # the call that it represented is stored
                self.durable.open(number)
                job.oldest = number
            job.number, job.work = number, work
        if box.running is None:
            self._start(box)
        else:
            self._overtaken.by_call(box.key)
        return Call(number, job)

    def new_job(self, number: int, work: Any, *, stored: bool = False) -> Job:
        """Return a new job for a call; no cursor waits for a call that is stored already."""
        self.told.open(number)
        job = Job(number, work, self._clock(), self._wait)
        if stored:
            job.oldest = None
        else:
            self.durable.open(number)
        return job

    def run_job(self, box: Mailbox, job: Job) -> Job:
        """Record a running job that a scan has started."""
        box.running = job
        self._running += 1
        return job

    def _start(self, box: Mailbox) -> None:
        job = box.waiting
        assert job is not None and box.running is None
        box.running, box.waiting, box.timer = job, None, None
        self._running += 1
        self._tally.began(job)

        def done(
            error: BaseException | None = None, *, propagated: BaseException | None = None, in_sink: bool = False
        ) -> None:
            self.done(box, job, error, propagated, in_sink)

        if job.work is REMOVE:
            self._port.remove(box.key, done)
        else:
            self._port.run(box.key, job.work, done)

    def done(
        self, box: Mailbox, job: Job, error: BaseException | None, propagated: BaseException | None, in_sink: bool
    ) -> None:
        """Process the end of a job; see `Done`."""
        box.running = None
        self._running -= 1
        self._tally.ended(box.key, error)
        if error is None:
            if job.oldest is not None:
                self.durable.close(job.oldest)
            self.holds.decided(box.key)
        elif not self.ended:
            self.retries.failed(box, job, in_sink)
        job.end(propagated)
        if box.waiting is None:
            self.boxes.close(box)
        elif box.timer is None:
            self._start(box)
        if job.untold is not None:
            self.told.close(job.untold)
        if not self._running:
            for future in self._quiet:
                if not future.done():
                    future.set_result(None)
            self._quiet.clear()

    def _end(self) -> None:
        if self.ended:
            return
        self.ended = True
        self._overtaken.end()
        for scan in (*self.coming, *([] if self.scan is None else [self.scan])):
            scan.fail()
        for box in list(self.boxes.values()):
            box.stop_timer()
            if box.waiting is not None:
                box.waiting.end(self._ended_error("dropped a call that was not applied yet"))
                box.waiting = None
            if box.running is None:
                self.boxes.close(box)
        self.boxes.let_all_in()
        # `durable` continues, because a running job may be the last one that a cursor waits for. Dropped calls stay
        # open there.
        self.told.end(self._ended_error("dropped calls that were not applied yet"))

    def _ended_error(self, what: str) -> LiveRangeEndedError:
        return LiveRangeEndedError(
            f"{self._where} has ended and {what}: its component was removed or runs again, or the update stops; end "
            "the loop that makes these calls with the process_live() or watch() that it was started in"
        )
