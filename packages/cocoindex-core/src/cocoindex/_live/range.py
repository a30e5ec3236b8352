"""The children of one component that have a source of their own, and the calls that change them. Layer: _live.

Calls are numbered as they are made. Of each key at most one job runs and one waits, and a newer call replaces the one
that waits. A scan lists the source and decides all keys that no later call decides. Nothing is kept of a key at rest.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Container, Iterable
from enum import Enum
from typing import Any, NamedTuple, Protocol, TypeAlias

from .._engine.stale import mark_of
from ..errors import LiveRangeEndedError
from .mailbox import REMOVE, Call, Job, Mailbox, Timer
from .watermark import Watermark

LIVE_OPEN = 2048
"""How many keys of one range may have calls that run, wait or are to be tried again."""

MOMENT_SECONDS = 2.0
"""So long what is gone may be told as gone by its source, after it was found to be."""


_PARTS = 64
"""Of more parts that could not be listed, all counts as not listed."""

_MANY = b""
"""Stands for the keys that have failed when too many have: the first of them counts for all."""


class Done(Protocol):
    """Is told, once and on the loop, that a job has ended."""

    def __call__(
        self,
        error: BaseException | None = None,
        *,
        propagated: BaseException | None = None,
        in_sink: bool = False,
    ) -> None:
        """The job is durable, or failed with `error` and was told.

        Args:
            propagated: what left the outermost exception handler.
            in_sink: whether a sink failed, rather than the body.
        """
        ...


class Port(Protocol):
    """What runs and removes keys: the engine."""

    def run(self, key: bytes, work: Any, done: Done) -> None:
        """Begin to run `work` at `key`."""
        ...

    def remove(self, key: bytes, done: Done) -> None:
        """Begin to remove `key`, with all below it; there may be nothing to remove."""
        ...


Retry: TypeAlias = "Callable[[int, bool], float | None]"
"""In how many seconds a job is tried again that has failed so often, this time in a sink or not; None gives it up."""


class Keeper(Protocol):
    """Stores calls that have failed, so that a later update makes them again and cursors may pass them."""

    def failed(self, key: bytes, work: Any, number: int) -> bool:
        """A call has failed, and no newer one waits; whether it is going to be stored.

        If so, `LiveRange.kept` tells when it is.
        """
        ...

    def applied(self, key: bytes) -> None:
        """What a key has failed with does not count any more."""
        ...

    def decided(self, number: int, part: bytes, but: Container[bytes]) -> None:
        """Nor does what any key that begins with `part` failed with before the call with this number, but for these."""
        ...


class Met(Enum):
    """Who decides a key that a scan has met."""

    PASS = "a later call"
    GO = "the scan, which runs it itself"
    BUSY = "the scan, which hands it over by `put`"


class RangeStats(NamedTuple):
    """What the display says of a range.

    Attributes:
        running, waiting: how many keys have a job that runs; that waits for it.
        failed: how many keys failed at their last run; at most `LIVE_OPEN` are known.
        oldest: when the oldest call was made that is not applied, by the range's clock, retries aside; None where all
            are.
        changes: how many jobs have been applied since the range began.
        retries: how often one was tried again.
    """

    running: int
    waiting: int
    failed: int
    oldest: float | None
    changes: int
    retries: int


class _Held(NamedTuple):
    """Up to where cursors go, as a key has failed.

    Attributes:
        number: of its first call that is not durable; it stays open.
        newest: of the last one that has failed.
    """

    number: int
    newest: int


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
        ended: whether it was retired.
        keeper: stores calls that have failed.
        on_unretried: is called where a failed key of a scan could not be kept for a retry, as too many are.
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
        self.on_unretried: Callable[[], None] = lambda: None
        self._port = port
        self._where = where
        self._limit = limit
        self._retry = retry
        self._clock = clock or asyncio.get_running_loop().time
        self._later = later or (lambda delay, then: asyncio.get_running_loop().call_later(delay, then))
        self._number = 0
        self._boxes: dict[bytes, Mailbox] = {}
        self._counted = 0
        self._scan: Scan | None = None
        self._coming: list[Scan] = []
        self._rooms: deque[asyncio.Future[None]] = deque()
        self._quiet: list[asyncio.Future[None]] = []
        self._running = 0
        self._overtaken: dict[bytes, asyncio.Event] = {}
        self._paused = False
        self.keeper: Keeper | None = None
        self._storing: dict[bytes, _Held] = {}
        self._held: dict[bytes, _Held] = {}
        self._unlisted: dict[bytes, int] = {}
        self._failed: dict[bytes, None] = {}
        self._changes = self._retries = 0

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
        while not self.ended and self._counted >= self._limit:
            box = self._boxes.get(key)
            if box is not None and not box.is_scans:
                return
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._rooms.append(future)
            try:
                await future
            except BaseException:
                self._give_room()  # it may have been given to this one already
                raise
        self._give_room()  # the next one looks for itself once this one has called, or has not
        self.refuse_ended()

    @property
    def number(self) -> int:
        """The number of the last call."""
        return self._number

    async def settled(self, upto: int | None = None) -> None:
        """Wait until all calls up to a number, by default all so far, are durable or have failed and were told."""
        await self.told.past(self._number if upto is None else upto)

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
        self._coming.append(scan)
        return scan

    def begin_full(self) -> int:
        """The caller is about to decide all keys itself, see `pause`; gives the number of that, for `end_full`."""
        number = self._next()
        self.durable.open(number)
        return number

    def end_full(self, number: int, *, ok: bool) -> None:
        """It has done so, or has failed: then no cursor passes it before one has not."""
        if ok:
            self._listed(number)
        else:
            self._missed(number)

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
        self._paused = True
        for box in self._boxes.values():
            if box.timer is not None:
                box.timer.cancel()
        await self._at_rest()
        self.refuse_ended()

    def resume(self, *, decided: bool) -> None:
        """The end of a pause; what was to be tried again is decided, or else still to be tried again."""
        self._paused = False
        for box in list(self._boxes.values()):
            job = box.waiting
            if job is None or box.timer is None:
                continue
            if not decided:
                self._arm(box, job)
                continue
            box.waiting = box.timer = None
            self._failed.pop(mark_of(box.key), None)
            if job.oldest is not None:
                self.durable.close(job.oldest)
            self._decided(box.key)
            job.end(None)
            self._close(box)

    async def _at_rest(self) -> None:
        while self._running:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._quiet.append(future)
            await future

    def stats(self) -> RangeStats:
        """What the display says."""
        boxes = self._boxes.values()
        waiting = [box.waiting for box in boxes if box.waiting is not None and box.timer is None]
        running = [box.running for box in boxes if box.running is not None]
        oldest = min((job.since for job in [*waiting, *running]), default=None)
        return RangeStats(len(running), len(waiting), len(self._failed), oldest, self._changes, self._retries)

    def refuse_ended(self) -> None:
        """Raise LiveRangeEndedError where it was retired."""
        if self.ended:
            raise self._ended_error("takes no more calls")

    async def is_overtaken(self, key: bytes) -> bool:
        """Whether a newer call decides about a key whose job runs, or one that comes within a moment.

        What is gone when it is read was removed, of which the source may still have to tell.
        """
        box = self._boxes.get(key)
        if self.ended or box is None or box.waiting is not None:
            return True
        overtaken = self._overtaken.setdefault(key, asyncio.Event())
        try:
            async with asyncio.timeout(MOMENT_SECONDS):
                await overtaken.wait()
        except TimeoutError:
            self._overtaken.pop(key, None)
            return False
        return True

    def closing(self, keys: Iterable[bytes]) -> list[int]:
        """Which numbers `durable` closes when what runs of these keys is durable."""
        boxes = [box for key in keys if (box := self._boxes.get(key)) is not None]
        numbers = [box.running.oldest for box in boxes if box.running is not None]
        for box in boxes:
            failed = (self._storing.get(box.key), self._held.get(box.key))
            numbers += [held.number for held in failed if held is not None]
        return [number for number in numbers if number is not None]

    # What has failed, and cursors

    def storing(self, keys: Iterable[bytes]) -> list[int]:
        """Which numbers `durable` closes when it is stored that these keys have failed."""
        return [held.number for key in keys if (held := self._storing.get(key)) is not None]

    def kept(self, key: bytes) -> None:
        """The keeper has stored what a key has failed with."""
        if (held := self._storing.pop(key, None)) is not None:
            self.durable.close(held.number)

    def _keep(self, box: Mailbox, job: Job) -> None:
        """Have a failed call stored, so that cursors may pass it."""
        if job.oldest is None:  # it was stored when it failed before
            return
        if self.keeper is not None and self.keeper.failed(box.key, job.work, job.number):
            self._wait_for(self._storing, box.key, job.oldest, job.number)
            job.oldest = None

    def _hold(self, key: bytes, oldest: int, newest: int) -> None:
        """Let no cursor pass what has failed and is not tried again, until something later of the key is applied."""
        if key not in self._held and len(self._held) >= self._limit:
            key = _MANY
        self._wait_for(self._held, key, oldest, newest)

    def _wait_for(self, waiting: dict[bytes, _Held], key: bytes, oldest: int, newest: int) -> None:
        """Have a number stay open for a key, or the older one that does."""
        held = waiting.get(key)
        if held is None:
            waiting[key] = _Held(oldest, newest)
        else:
            waiting[key] = _Held(min(held.number, oldest), max(held.newest, newest))
            self.durable.close(max(held.number, oldest))

    def _decided(self, key: bytes) -> None:
        """What a key has failed with before does not count any more."""
        for waiting in (self._storing, self._held):
            if waiting and (held := waiting.pop(key, None)) is not None:
                self.durable.close(held.number)
        if self.keeper is not None:
            self.keeper.applied(key)

    def _listed(self, number: int, part: bytes = b"") -> None:
        """All keys that begin with `part` were decided by what has this number, but for what is open."""
        self._all_decided(number, part)
        for missed in [missed for missed in self._unlisted if missed.startswith(part)]:
            self.durable.close(self._unlisted.pop(missed))
        self.durable.close(number)

    def _missed(self, number: int, part: bytes = b"") -> None:
        """What has this number was to decide all keys that begin with `part`, and has failed: another has to come."""
        if part not in self._unlisted and len(self._unlisted) >= _PARTS:
            part = b""
        first = self._unlisted.setdefault(part, number)
        if first != number:
            self._unlisted[part] = min(first, number)
            self.durable.close(max(first, number))

    def _all_decided(self, number: int, part: bytes) -> None:
        """Nor does what any key that begins with `part` has failed with before this number, where nothing is open."""
        for waiting in (self._storing, self._held):
            for key, held in list(waiting.items()):
                is_open = bool(self._boxes) if key is _MANY else key in self._boxes
                if held.newest < number and key.startswith(part) and not is_open:
                    del waiting[key]
                    self.durable.close(held.number)
        if self.keeper is not None:
            self.keeper.decided(number, part, self._boxes)

    # What becomes of a call

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _call(self, key: bytes, work: Any, *, stored: bool = False) -> Call:
        self.refuse_ended()
        number = self._next()
        if self._scan is not None:
            self._scan.decided_later(key)
        for scan in self._coming:
            scan.decided_later(key)
        box = self._boxes.get(key) or self._open(key, is_scans=False)
        if box.is_scans:
            box.is_scans = False
            self._counted += 1
        return self._post(box, number, work, stored=stored)

    def _open(self, key: bytes, *, is_scans: bool) -> Mailbox:
        box = self._boxes[key] = Mailbox(key, is_scans=is_scans)
        self._counted += not is_scans
        return box

    def _post(self, box: Mailbox, number: int, work: Any, *, stored: bool = False) -> Call:
        """The newest call of a key waits in place of what waits there, and starts where nothing runs."""
        job = box.waiting
        if job is None:
            job = box.waiting = self._job(number, work, stored=stored)
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
        elif self._overtaken and (overtaken := self._overtaken.pop(box.key, None)) is not None:
            overtaken.set()
        return Call(number, job)

    def _job(self, number: int, work: Any, *, stored: bool = False) -> Job:
        self.told.open(number)
        job = Job(number, work, self._clock())
        if stored:
            job.oldest = None
        else:
            self.durable.open(number)
        return job

    def _start(self, box: Mailbox) -> None:
        job = box.waiting
        assert job is not None and box.running is None
        box.running, box.waiting, box.timer = job, None, None
        self._running += 1
        self._retries += job.untold is None

        def done(
            error: BaseException | None = None, *, propagated: BaseException | None = None, in_sink: bool = False
        ) -> None:
            self._done(box, job, error, propagated, in_sink)

        if job.work is REMOVE:
            self._port.remove(box.key, done)
        else:
            self._port.run(box.key, job.work, done)

    def _done(
        self, box: Mailbox, job: Job, error: BaseException | None, propagated: BaseException | None, in_sink: bool
    ) -> None:
        box.running = None
        self._running -= 1
        self._note(box.key, error)
        if error is None:
            if job.oldest is not None:
                self.durable.close(job.oldest)
            self._decided(box.key)
        elif not self.ended:
            self._plan_retry(box, job, in_sink)
        job.end(propagated)
        if box.waiting is None:
            self._close(box)
        elif box.timer is None:
            self._start(box)
        if job.untold is not None:
            self.told.close(job.untold)
        if not self._running:
            _wake(self._quiet)
            self._quiet.clear()

    def _note(self, key: bytes, error: BaseException | None) -> None:
        mark = mark_of(key)
        self._failed.pop(mark, None)
        if error is None:
            self._changes += 1
        elif len(self._failed) < self._limit:
            self._failed[mark] = None

    def _plan_retry(self, box: Mailbox, job: Job, in_sink: bool) -> None:
        """A failed job is tried again, unless a newer call waits."""
        if (newer := box.waiting) is not None:  # what it stands for is not durable before that one is
            if job.oldest is not None and newer.oldest is not None:
                newer.oldest, closing = job.oldest, newer.oldest
                self.durable.close(closing)
            return
        self._keep(box, job)
        delay = None if job.work is None else self._retry(job.tries + 1, in_sink)
        if delay is not None and box.is_scans:
            if self._counted < self._limit:
                box.is_scans = False
                self._counted += 1
            else:
                delay = None
                self.on_unretried()
        if delay is not None:
            box.waiting = job.again(delay)
            self._arm(box, box.waiting)
        elif job.oldest is not None:
            self._hold(box.key, job.oldest, job.number)

    def _arm(self, box: Mailbox, job: Job) -> None:
        box.timer = _NEVER if self._paused else self._later(job.delay, lambda: self._start(box))

    def _close(self, box: Mailbox) -> None:
        del self._boxes[box.key]
        self._counted -= not box.is_scans
        self._give_room()

    def _give_room(self) -> None:
        while self._rooms and self._counted < self._limit:
            future = self._rooms.popleft()
            if not future.done():
                future.set_result(None)
                return

    def _end(self) -> None:
        if self.ended:
            return
        self.ended = True
        for overtaken in self._overtaken.values():
            overtaken.set()
        self._overtaken.clear()
        for scan in (*self._coming, *([] if self._scan is None else [self._scan])):
            scan.fail()
        for box in list(self._boxes.values()):
            box.stop_timer()
            if box.waiting is not None:
                box.waiting.end(self._ended_error("dropped a call that was not applied yet"))
                box.waiting = None
            if box.running is None:
                self._close(box)
        _wake(self._rooms)
        self._rooms.clear()
        # `durable` goes on: what runs may be the last that a cursor waits for. What was dropped stays open there.
        self.told.end(self._ended_error("dropped calls that were not applied yet"))

    def _ended_error(self, what: str) -> LiveRangeEndedError:
        return LiveRangeEndedError(
            f"{self._where} has ended and {what}: its component was removed or runs again, or the update stops; end "
            "the loop that makes these calls with the process_live() or watch() that it was started in"
        )


class Scan:
    """One listing of the source, from `begin_scan` to `finish` or `fail`.

    Whoever lists calls, for each key: `meet`, right before it looks up what is stored of the key; for GO `began` and
    `ended` where it runs a body, for BUSY `put`. When all were met: `claim_removal` for each key that is stored and was
    not met, then `finish`.

    Attributes:
        number: its place among the calls of the range.
    """

    def __init__(self, range_: LiveRange, number: int, *, part: bytes, removes_only: bool) -> None:
        self.number = number
        self._part = part
        self._removes_only = removes_only
        self._range = range_
        self._unmet: set[bytes] = set()
        self._later: set[bytes] = set()
        self._jobs: dict[bytes, Job] = {}
        range_.told.open(number)
        range_.durable.open(number)

    def begin(self) -> None:
        """It begins; there is no other one."""
        range_ = self._range
        range_.refuse_ended()
        assert range_._scan is None, "scans of one range do not overlap"
        range_._coming.remove(self)
        range_._scan = self
        self._unmet = {key for key in range_._boxes if key.startswith(self._part) and not self._is_later(key)}

    def meet(self, key: bytes) -> Met:
        """Say who decides a key that is in the source."""
        if self._is_later(key):
            return Met.PASS
        self._unmet.discard(key)
        return Met.BUSY if key in self._range._boxes else Met.GO

    def put(self, key: bytes, work: Any) -> Call:
        """Hand a key over, as a call with the scan's number."""
        if not self._is_later(key):
            box = self._range._boxes.get(key) or self._range._open(key, is_scans=True)
            return self._range._post(box, self.number, work)
        self._range.refuse_ended()
        return Call(self.number, self._later_job(key))

    def began(self, key: bytes, work: Any = None) -> bool:
        """Say that a body is about to run at a key that is GO.

        Args:
            work: what runs it again, should it fail; without it there is no retry.

        Returns:
            Whether it may run. If not, a later call has come up meanwhile and decides the key.
        """
        if self._is_later(key):
            return False
        self._run(key, work)
        return True

    def ended(
        self,
        key: bytes,
        error: BaseException | None = None,
        *,
        propagated: BaseException | None = None,
        in_sink: bool = False,
    ) -> None:
        """Say that what `began`, or the removal that was claimed, has ended; see `Done`."""
        self._range._done(self._range._boxes[key], self._jobs.pop(key), error, propagated, in_sink)

    def claim_removal(self, key: bytes) -> bool:
        """Ask whether the caller is to remove a key that is not in the source.

        It calls `ended` after that. If not, a later call decides the key, or the range removes it once it can.
        """
        if self._is_later(key):
            return False
        self._unmet.discard(key)
        box = self._range._boxes.get(key)
        if box is None:
            self._run(key, REMOVE)
            return True
        self._range._post(box, self.number, REMOVE)
        return False

    def finish(self) -> None:
        """All keys were met, and what was not met is claimed; what was open meanwhile and was not met goes, too."""
        if self._leave():
            for key in self._unmet:
                box = self._range._boxes.get(key) or self._range._open(key, is_scans=True)
                self._range._post(box, self.number, REMOVE)
            if self._removes_only:
                self._range.durable.close(self.number)
            else:
                self._range._listed(self.number, self._part)
            self._close()

    def fail(self) -> None:
        """It was broken off: nothing more is removed, and no cursor passes it before another one was not."""
        if self._leave():
            if not self._range.ended:  # else it stays open
                self._range._missed(self.number, self._part)
            self._close()

    def decided_later(self, key: bytes) -> None:
        """A call came up after the scan had begun: it decides the key, also when it is done before the scan is."""
        if key.startswith(self._part):
            self._later.add(mark_of(key))
            self._unmet.discard(key)

    def _is_later(self, key: bytes) -> bool:
        return self._range._scan is not self or mark_of(key) in self._later

    def _later_job(self, key: bytes) -> Job | None:
        """The first job of a later call, where none has ended yet."""
        box = self._range._boxes.get(key)
        jobs = () if box is None else (box.running, box.waiting)
        later = [job for job in jobs if job is not None and job.number > self.number]
        return later[0] if later and later[0].untold is not None else None

    def _run(self, key: bytes, work: Any) -> None:
        assert key not in self._range._boxes, "a key that has a mailbox is handed over by put()"
        box = self._range._open(key, is_scans=True)
        box.running = self._jobs[key] = self._range._job(self.number, work)
        self._range._running += 1

    def _leave(self) -> bool:
        if self in self._range._coming:
            self._range._coming.remove(self)
        elif self._range._scan is self:
            self._range._scan = None
        else:
            return False
        return True

    def _close(self) -> None:
        self._range.told.close(self.number)
        self._unmet.clear()
        self._later.clear()


class _Never:
    def cancel(self) -> None:
        pass


_NEVER = _Never()


def _wake(waiting: Iterable[asyncio.Future[None]]) -> None:
    for future in waiting:
        if not future.done():
            future.set_result(None)
