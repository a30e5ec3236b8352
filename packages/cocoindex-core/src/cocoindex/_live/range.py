"""The children of one component that have a source of their own, and the calls that change them. Layer: _live.

Calls are numbered as they are made. Of each key at most one job runs and one waits, and a newer call replaces the one
that waits. A scan lists the source and decides all keys that no later call decides. Nothing is kept of a key at rest.
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
    """See the module. All methods are called on one loop.

    Args:
        port: what runs and removes keys.
        where: what errors call the range.
        limit: how many mailboxes calls may open; those of scans come on top.
        retry: when what has failed is tried again; by default it is given up.
        clock: the time in seconds; by default the running loop's.
        later: calls a function after so many seconds; by default the running loop's `call_later`.

    Attributes:
        told: up to which calls all are durable, or have failed and were told.
        durable: up to which calls all are durable, or failed and stored by the keeper.
        number: of the last call.
        ended: whether it was retired.
        holds: what keeps `durable` from rising, as it has failed.
        boxes: the mailboxes by their keys.
        retries: what has failed and is to be tried again.
        scan, coming: the scan that is under way, and those that are announced.
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
    ) -> None:
        self.told = Watermark()
        self.durable = Watermark()
        self.ended = False
        self._port = port
        self._where = where
        self._clock = clock or asyncio.get_running_loop().time
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
        """Have `work` run at `key`, after what runs there, in place of what waits."""
        return self._call(key, work)

    def delete(self, key: bytes) -> Call:
        """Have `key` removed, after what runs there, in place of what waits."""
        return self._call(key, REMOVE)

    def make_again(self, key: bytes, work: Any) -> Call:
        """As `update` or `delete`, for a call of an earlier update that the keeper has stored: no cursor waits."""
        return self._call(key, work, stored=True)

    async def room(self, key: bytes) -> None:
        """Wait while too many mailboxes are open, unless `key` has one: to be awaited right before a call."""
        await self.boxes.room(key, lambda: self.ended)
        self.refuse_ended()

    async def settled(self, upto: int | None = None) -> None:
        """Wait until all calls up to a number, by default all so far, are durable or have failed and were told."""
        await self.told.past(self.number if upto is None else upto)

    def begin_scan(self, *, part: bytes = b"", removes_only: bool = False) -> Scan:
        """Begin to list the source: the scan decides all keys that no later call does. One at a time.

        Args:
            part: how the keys begin that it is about.
            removes_only: whether it decides only those that it does not meet.
        """
        scan = self.announce_scan(part=part, removes_only=removes_only)
        scan.begin()
        return scan

    def announce_scan(self, *, part: bytes = b"", removes_only: bool = False) -> Scan:
        """As `begin_scan`, but that it is to begin later, by `begin`: what is called from now on is newer."""
        self.refuse_ended()
        scan = Scan(self, self._next(), part=part, removes_only=removes_only)
        self.coming.append(scan)
        return scan

    def begin_full(self) -> int:
        """The caller is about to decide all keys itself, see `pause`; gives the number of that, for `end_full`."""
        number = self._next()
        self.durable.open(number)
        return number

    def end_full(self, number: int, *, ok: bool) -> None:
        """It has done so, or has failed: then no cursor passes it before one has not."""
        if ok:
            self.holds.listed(number)
        else:
            self.holds.missed(number)

    async def retire(self) -> None:
        """Drop what waits, take no more calls, and wait for what runs."""
        self._end()
        await self._at_rest()

    async def pause(self) -> None:
        """Wait until nothing runs, and have nothing be tried again: the caller decides all keys, until `resume`.

        Meanwhile nobody makes calls.

        Raises:
            LiveRangeEndedError: the range has ended.
        """
        self.retries.pause()
        await self._at_rest()
        self.refuse_ended()

    def resume(self, *, decided: bool) -> None:
        """The end of a pause; what was to be tried again is decided, or else still to be tried again."""
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
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._quiet.append(future)
            await future

    @property
    def is_busy(self) -> bool:
        """Whether something runs, waits or is listed."""
        return bool(self.boxes or self.scan or self.coming)

    def stats(self) -> RangeStats:
        """What the display says."""
        return self._tally.stats(self.boxes.values())

    def refuse_ended(self) -> None:
        """Raise LiveRangeEndedError where it was retired."""
        if self.ended:
            raise self._ended_error("takes no more calls")

    async def is_overtaken(self, key: bytes) -> bool:
        """Whether a newer call decides about a key whose job runs, or one that comes within a moment.

        What is gone when it is read was removed, of which the source may still have to tell.
        """
        box = self.boxes.get(key)
        if self.ended or box is None or box.waiting is not None:
            return True
        return await self._overtaken.within_a_moment(key)

    # What becomes of a call, also of those that scans make

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
        """The newest call of a key waits in place of what waits there, and starts where nothing runs."""
        job = box.waiting
        if job is None:
            job = box.waiting = self.new_job(number, work, stored=stored)
        else:
            box.stop_timer()
            if job.untold is None:  # a retry, of which nobody waits for the calls
                self.told.open(number)
                job.untold, job.since, job.tries = number, self._clock(), 0
            if job.oldest is None:  # what it stood for is stored
                self.durable.open(number)
                job.oldest = number
            job.number, job.work = number, work
        if box.running is None:
            self._start(box)
        else:
            self._overtaken.by_call(box.key)
        return Call(number, job)

    def new_job(self, number: int, work: Any, *, stored: bool = False) -> Job:
        """What a call begins; where it is stored already, no cursor waits for it."""
        self.told.open(number)
        job = Job(number, work, self._clock())
        if stored:
            job.oldest = None
        else:
            self.durable.open(number)
        return job

    def run_job(self, box: Mailbox, job: Job) -> Job:
        """Take note that a job runs, which a scan has begun."""
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
        """A job has ended, see `Done`."""
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
        # `durable` goes on: what runs may be the last that a cursor waits for. What was dropped stays open there.
        self.told.end(self._ended_error("dropped calls that were not applied yet"))

    def _ended_error(self, what: str) -> LiveRangeEndedError:
        return LiveRangeEndedError(
            f"{self._where} has ended and {what}: its component was removed or runs again, or the update stops; end "
            "the loop that makes these calls with the process_live() or watch() that it was started in"
        )
