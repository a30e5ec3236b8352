"""Whatever happens in whatever order to the keys of a live range, it keeps its promises.

A model says, for each key, which call decides it, what runs and what waits; the range has to do just that. Time and the
loop are driven by hand. `COCOINDEX_LIVE_EXAMPLES` says how many histories are tried.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cocoindex._live.needs import Done
from cocoindex._live.range import LiveRange
from cocoindex._live.scan import Met, Scan
from cocoindex.errors import LiveRangeEndedError

EXAMPLES = int(os.environ.get("COCOINDEX_LIVE_EXAMPLES", "25"))
LONG = b"longer than what is held of a key "
KEYS = [b"a", b"b", b"c", LONG + b"1", LONG + b"2"]
LIMIT = 2


class Decision(NamedTuple):
    """What a call decides: the value of its key, or None that it goes."""

    number: int
    value: int | None


class Running(NamedTuple):
    decision: Decision
    done: Done


class Failed(NamedTuple):
    """Calls that are not durable as they failed, and the last one that did."""

    numbers: frozenset[int]
    newest: int


class Item(NamedTuple):
    """What a scan has read in the source, and what it says of its end."""

    key: bytes
    value: int


@dataclass
class Timer:
    due: float
    then: Callable[[], None]
    timers: list[Timer]

    def cancel(self) -> None:
        if self in self.timers:  # as with a handle of asyncio, it may be cancelled again
            self.timers.remove(self)


@dataclass
class Listing:
    """A scan, and how far it is."""

    scan: Scan
    part: bytes
    open_at_begin: set[bytes] = field(default_factory=set)
    later: set[bytes] = field(default_factory=set)
    seen: set[bytes] = field(default_factory=set)
    read: list[Item] = field(default_factory=list)
    go: list[Item] = field(default_factory=list)
    busy: list[Item] = field(default_factory=list)
    listed: bytes = b""
    sweeps: bool = False
    swept: bytes = b""


class Asked(NamedTuple):
    """Who waits until all calls up to a number are told, or durable."""

    upto: int
    is_past: Callable[[], bool]


class Keeper:
    """Stores what has failed of most keys."""

    def __init__(self, machine: RangeMachine) -> None:
        self.machine = machine

    def failed(self, key: bytes, work: Any, number: int) -> bool:
        return self.machine.stores(key)

    def applied(self, key: bytes) -> None: ...

    def decided(self, number: int, part: bytes, but: Container[bytes]) -> None: ...


class RangeMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.now = 0.0
        self.timers: list[Timer] = []
        self.range = LiveRange(
            self, "the range", limit=LIMIT, retry=self.retry, clock=lambda: self.now, later=self.call_later
        )
        self.range.retries.on_none = self.unretried
        # What is in the source, and what the target holds.
        self.source: dict[bytes, int] = {}
        self.target: dict[bytes, int] = {}
        self.uncertain: set[bytes] = set()
        # The model: what decides each key, what runs, waits, failed.
        self.number = 0
        self.last: dict[bytes, Decision] = {}
        self.running: dict[bytes, Running] = {}
        self.pending: set[bytes] = set()
        self.retrying: set[bytes] = set()
        self.opened_by_scan: set[bytes] = set()
        self.tries: dict[bytes, int] = {}
        self.failed: set[bytes] = set()
        self.many_failed = False
        self.given_up: set[bytes] = set()
        self.reached_sink: dict[bytes, int] = {}
        self.ended: dict[bytes, int] = {}
        self.untold: dict[bytes, set[int]] = {key: set() for key in KEYS}
        self.not_durable: dict[bytes, set[int]] = {key: set() for key in KEYS}
        # Of what has failed: what waits to be stored, and what cursors wait for, with the last call that failed.
        self.storing: dict[bytes, Failed] = {}
        self.held: dict[bytes, Failed] = {}
        self.held_for_many: Failed | None = None
        # The scan, or what decided all keys, that failed first since one has not; what decides all now.
        self.unlisted: dict[bytes, int] = {}
        self.full: int | None = None
        self.unretried_expected = 0
        self.listing: Listing | None = None
        self.coming: Listing | None = None
        self.retired: asyncio.Task[None] | None = None
        # Who waits.
        self.handles: list[tuple[bytes, int, asyncio.Task[None]]] = []
        self.in_vain: list[asyncio.Task[None]] = []
        self.settled: list[asyncio.Task[None]] = []
        self.settling: list[Asked] = []
        self.durables: list[Asked] = []
        self.called_back: list[int] = []
        self.queues: list[asyncio.Queue[tuple[bytes, int | None]]] = [asyncio.Queue() for _ in range(2)]
        self.in_room: dict[int, bytes] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.pausing: asyncio.Task[None] | None = None
        self.feeds = [self.loop.create_task(self.feed(n)) for n in range(2)]
        self.spin()

    @initialize(leaves_retries=st.booleans(), keeps=st.booleans())
    def begin(self, leaves_retries: bool, keeps: bool) -> None:
        """The update goes on, or leaves what has failed to the next one; failed calls are stored, or not."""
        self.leaves_retries = leaves_retries
        self.keeps = keeps
        if keeps:
            self.range.holds.keeper = Keeper(self)
            for key in KEYS[1:3]:
                self.make_again(key)

    def make_again(self, key: bytes) -> None:
        """A key is called that failed in an earlier update."""
        self.number += 1
        self.decide(key, self.number, 0)
        self.not_durable[key].clear()
        call = self.range.make_again(key, 0)
        assert call.number == self.number
        self.handles.append((key, call.number, self.loop.create_task(call.ready())))

    def retry(self, tries: int, in_sink: bool) -> float | None:
        if self.leaves_retries:
            return None
        return 1.0 if in_sink or tries <= 2 else None

    # The loop, the time

    def spin(self) -> None:
        for _ in range(20):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()

    def call_later(self, delay: float, then: Callable[[], None]) -> Timer:
        timer = Timer(self.now + delay, then, self.timers)
        self.timers.append(timer)
        return timer

    # The port

    def run(self, key: bytes, work: Any, done: Done) -> None:
        self.starts(key, work, done)

    def remove(self, key: bytes, done: Done) -> None:
        self.starts(key, None, done)

    def starts(self, key: bytes, value: int | None, done: Done) -> None:
        assert self.retired is None
        assert key not in self.running, "two of one key at a time"
        assert key in self.pending or key in self.retrying, "nothing was asked for"
        assert self.last[key].value == value, "what starts is not the newest"
        self.pending.discard(key)
        self.retrying.discard(key)
        self.running[key] = Running(self.last[key], done)

    # The keeper

    def stores(self, key: bytes) -> bool:
        return self.keeps and key != KEYS[0]

    @precondition(lambda self: self.storing)
    @rule(data=st.data())
    def is_stored(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.storing)))
        self.not_durable[key] -= self.storing.pop(key).numbers
        self.range.holds.kept(key)
        self.spin()

    def unretried(self) -> None:
        self.unretried_expected -= 1

    # Calls

    async def feed(self, which: int) -> None:
        """Make calls one after the other; each key has one feed."""
        while True:
            key, value = await self.queues[which].get()
            await self.gate.wait()
            self.in_room[which] = key
            await self.range.room(key)
            del self.in_room[which]
            self.number += 1
            for listing in (self.listing, self.coming):
                if listing is not None:
                    listing.later.add(key)
            self.decide(key, self.number, value)
            self.opened_by_scan.discard(key)
            call = self.range.delete(key) if value is None else self.range.update(key, value)
            assert call.number == self.number
            self.handles.append((key, call.number, self.loop.create_task(call.ready())))

    def decide(self, key: bytes, number: int, value: int | None) -> None:
        """A call is made that is the newest of its key."""
        self.last[key] = Decision(number, value)
        self.pending.add(key)
        self.retrying.discard(key)
        self.given_up.discard(key)
        self.tries[key] = 0
        self.untold[key].add(number)
        self.not_durable[key].add(number)

    @property
    def open(self) -> set[bytes]:
        return {*self.running, *self.pending, *self.retrying}

    @property
    def counted(self) -> int:
        return len(self.open - self.opened_by_scan)

    # What happens

    @rule(key=st.sampled_from(KEYS), value=st.one_of(st.none(), st.integers(0, 2)), told=st.integers(0, 4).map(bool))
    def change(self, key: bytes, value: int | None, told: bool) -> None:
        """The source changes; a call follows, or the event was lost."""
        self.source.pop(key, None)
        if value is not None:
            self.source[key] = value
        if told:
            self.queues[KEYS.index(key) % 2].put_nowait((key, value))
        self.spin()

    @precondition(lambda self: self.running)
    @rule(data=st.data(), how=st.sampled_from(["well", "well", "body", "sink"]), leaving=st.booleans())
    def end(self, data: st.DataObject, how: str, leaving: bool) -> None:
        """One job ends; in the same turn of the loop, those who waited for room go away, or not."""
        key = data.draw(st.sampled_from(sorted(self.running)))
        self.end_one(key, how)
        if leaving:
            for waiting in self.in_vain:
                waiting.cancel()
        self.spin()
        if self.retired is None:
            self.in_vain = [waiting for waiting in self.in_vain if not waiting.done()]

    def end_one(self, key: bytes, how: str) -> None:
        decision, done = self.running.pop(key)
        if how != "body":
            assert self.reached_sink.get(key, 0) <= decision.number, "an older call came after a newer one"
            self.reached_sink[key] = decision.number
        self.ended[key] = decision.number
        self.untold[key] -= numbers_upto(decision.number)
        if how == "well":
            self.target.pop(key, None)
            if decision.value is not None:
                self.target[key] = decision.value
            self.failed.discard(key)
            self.uncertain.discard(key)
            self.not_durable[key] -= numbers_upto(decision.number)
            self.storing.pop(key, None)
            self.held.pop(key, None)
        else:
            self.fail(key, decision, in_sink=how == "sink")
        if key not in self.open:
            self.opened_by_scan.discard(key)
        error = None if how == "well" else ValueError(how)
        done(error, in_sink=how == "sink")

    def fail(self, key: bytes, decision: Decision, in_sink: bool) -> None:
        self.failed.add(key)
        if in_sink:
            self.uncertain.add(key)
        if key in self.pending or self.retired is not None:
            return  # the newer call begins anew
        self.tries[key] += 1
        numbers = frozenset(self.not_durable[key] & numbers_upto(decision.number))
        if self.stores(key):
            self.storing[key] = merged(self.storing.get(key), Failed(numbers, decision.number))
        wanted = self.retry(self.tries[key], in_sink) is not None
        if wanted and (key not in self.opened_by_scan or self.counted < LIMIT):
            self.opened_by_scan.discard(key)
            self.retrying.add(key)
            return
        self.unretried_expected += wanted
        self.given_up.add(key)
        if not self.stores(key) and numbers:
            self.hold(key, Failed(numbers, decision.number))

    def hold(self, key: bytes, failed: Failed) -> None:
        if key in self.held or len(self.held) + (self.held_for_many is not None) < LIMIT:
            self.held[key] = merged(self.held.get(key), failed)
        else:
            self.held_for_many = merged(self.held_for_many, failed)
            self.not_durable[key] -= failed.numbers

    def all_decided(self, number: int, part: bytes = b"") -> None:
        """What failed before does not count any more, apart from keys of which something is open."""
        for waiting in (self.storing, self.held):
            for key, failed in list(waiting.items()):
                if failed.newest < number and key.startswith(part) and key not in self.open:
                    del waiting[key]
                    self.not_durable[key] -= failed.numbers
        if self.held_for_many is not None and self.held_for_many.newest < number and not self.open and not part:
            self.held_for_many = None

    # All keys are decided at once

    @precondition(lambda self: not (self.pausing or self.listing or self.coming or self.in_room))
    @rule()
    def pause(self) -> None:
        self.gate.clear()
        self.number += 1
        self.full = self.range.begin_full()
        self.pausing = self.loop.create_task(self.range.pause())
        self.spin()

    @precondition(lambda self: self.pausing is not None and self.pausing.done())
    @rule(decided=st.booleans(), well=st.booleans())
    def resume(self, decided: bool, well: bool) -> None:
        """All keys were decided, or not, and it went well with all of them, or not."""
        assert self.pausing is not None
        assert self.retired is not None or not self.running
        if self.pausing.exception() is None and decided:
            for key in self.retrying:
                self.last[key] = Decision(self.number, None)
                self.target.pop(key, None)
                self.not_durable[key].clear()
            self.failed -= self.retrying
            self.opened_by_scan -= self.retrying
            self.retrying.clear()
        self.range.resume(decided=decided)
        assert self.full is not None
        ok = decided and self.retired is None and well
        if ok:
            self.all_decided(self.full)
            self.unlisted.clear()
        else:
            self.unlisted.setdefault(b"", self.full)
        self.range.end_full(self.full, ok=ok)
        self.full = None
        self.pausing = None
        self.gate.set()
        self.spin()

    @precondition(lambda self: self.timers)
    @rule()
    def time_passes(self) -> None:
        timer = min(self.timers, key=lambda timer: timer.due)
        self.timers.remove(timer)
        self.now = timer.due
        timer.then()
        self.spin()

    # A scan

    @precondition(lambda self: self.coming is None and self.retired is None and self.pausing is None)
    @rule(part=st.sampled_from([b"", b"", LONG, KEYS[0]]))
    def scan_is_announced(self, part: bytes) -> None:
        """All is to be listed, or what begins so."""
        self.number += 1
        self.coming = Listing(self.range.announce_scan(part=part), part)
        assert self.coming.scan.number == self.number

    @precondition(lambda self: self.coming is not None and self.listing is None)
    @rule(fails=st.integers(0, 9).map(lambda n: n == 9))
    def scan_begins(self, fails: bool) -> None:
        """It begins, or is given up before."""
        assert self.coming is not None
        self.listing, self.coming = self.coming, None
        if fails:
            self.scan_fails()
        else:
            self.listing.scan.begin()
            self.listing.open_at_begin = self.open

    @precondition(lambda self: self.listing is not None)
    @rule(data=st.data(), steps=st.sampled_from([1, 1, 2, 3, 20]))
    def scan_goes_on(self, data: st.DataObject, steps: int) -> None:
        for _ in range(steps):
            if (listing := self.listing) is None:
                return
            possible: list[Callable[[], None]] = []
            if not listing.sweeps and any(key > listing.listed for key in self.part(self.source)):
                possible.append(self.scan_reads)
            possible += [self.scan_meets] * bool(listing.read)
            possible += [self.scan_puts] * bool(listing.busy) + [self.scan_starts] * bool(listing.go)
            step = data.draw(st.sampled_from(possible or [self.scan_sweeps]), label="step")
            step()
            self.it_keeps_its_promises()

    def scan_reads(self, count: int = 2) -> None:
        listing = self.known_listing()
        for key in sorted(key for key in self.part(self.source) if key > listing.listed)[:count]:
            listing.read.append(Item(key, self.source[key]))
            listing.listed = key

    def scan_meets(self) -> None:
        listing = self.known_listing()
        item = listing.read.pop(0)
        met = listing.scan.meet(item.key)
        listing.seen.add(item.key)
        if item.key in listing.later:
            assert met is Met.PASS, "a later call decides this key"
        elif item.key in self.open:
            assert met is Met.BUSY, "something of this key is open"
            listing.busy.append(item)
        else:
            assert met is Met.GO, "nothing of this key is open"
            if self.target.get(item.key) == item.value and item.key not in self.failed:
                self.last[item.key] = Decision(listing.scan.number, item.value)  # it is skipped
            else:
                listing.go.append(item)

    def scan_puts(self) -> None:
        listing = self.known_listing()
        key, value = listing.busy.pop(0)
        if key not in listing.later:
            if key not in self.open:
                self.opened_by_scan.add(key)
            self.decide(key, listing.scan.number, value)
        call = listing.scan.put(key, value)
        self.handles.append((key, call.number, self.loop.create_task(call.ready())))
        self.spin()

    def scan_starts(self) -> None:
        listing = self.known_listing()
        key, value = listing.go.pop(0)
        began = listing.scan.began(key, value)
        assert began is (key not in listing.later), "a later call decides this key"
        if began:
            self.decide(key, listing.scan.number, value)
            self.runs_in_scan(key)

    def runs_in_scan(self, key: bytes) -> None:
        assert key not in self.running, "two of one key at a time"
        scan = self.known_listing().scan

        def done(
            error: BaseException | None = None, *, propagated: BaseException | None = None, in_sink: bool = False
        ) -> None:
            scan.ended(key, error, propagated=propagated, in_sink=in_sink)

        self.pending.discard(key)
        self.opened_by_scan.add(key)
        self.running[key] = Running(self.last[key], done)

    def scan_sweeps(self) -> None:
        """One key that is stored and was not met; where none is left, the scan is finished."""
        listing = self.known_listing()
        listing.sweeps = True  # all keys were read; what the source gets from now on is not seen
        stored = {*self.target, *self.uncertain}
        left = sorted(key for key in self.part(stored) - listing.seen if key > listing.swept)
        if left:
            self.sweep(listing, left[0])
        else:
            self.finish(listing)
        self.spin()

    def sweep(self, listing: Listing, key: bytes) -> None:
        listing.swept = key
        if key in listing.later:
            assert not listing.scan.claim_removal(key), "a later call decides this key"
            return
        was_open = key in self.open
        listing.seen.add(key)
        self.decide(key, listing.scan.number, None)
        claimed = listing.scan.claim_removal(key)
        assert claimed is not was_open
        if claimed:
            self.runs_in_scan(key)

    def finish(self, listing: Listing) -> None:
        for key in self.part(KEYS) - listing.seen - listing.later:
            if key in listing.open_at_begin:
                if key not in self.open:
                    self.opened_by_scan.add(key)
                self.decide(key, listing.scan.number, None)
            else:
                assert key not in self.target and key not in self.open
                self.last[key] = Decision(listing.scan.number, None)
        self.all_decided(listing.scan.number, listing.part)
        self.unlisted = {part: n for part, n in self.unlisted.items() if not part.startswith(listing.part)}
        listing.scan.finish()
        self.listing = None

    @precondition(lambda self: self.listing is not None)
    @rule()
    def scan_fails(self) -> None:
        before = (set(self.pending), set(self.running))
        listing = self.known_listing()
        listing.scan.fail()
        self.listing = None
        self.unlisted.setdefault(listing.part, listing.scan.number)
        self.spin()
        assert before == (self.pending, set(self.running)), "a scan that failed changed something"

    def known_listing(self) -> Listing:
        assert self.listing is not None
        return self.listing

    def part(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of the keys that the scan is about."""
        return {key for key in keys if key.startswith(self.known_listing().part)}

    # Who waits

    @precondition(lambda self: self.retired is None)
    @rule()
    def wait_until_settled(self) -> None:
        settled = self.loop.create_task(self.range.settled())
        self.settled.append(settled)
        self.settling.append(Asked(self.number, settled.done))
        number = self.number
        called: list[int] = []

        def call_back() -> None:
            called.append(number)
            self.called_back.append(number)

        self.range.durable.when_past(number, call_back)
        self.durables.append(Asked(number, lambda: bool(called)))
        self.spin()

    @precondition(lambda self: self.retired is None and self.counted == LIMIT and len(self.in_vain) < 3)
    @rule(key=st.sampled_from(KEYS))
    def wait_for_room_in_vain(self, key: bytes) -> None:
        """Somebody waits for room, who goes away, or gets it and calls nothing."""
        self.in_vain.append(self.loop.create_task(self.range.room(key)))
        self.spin()

    @precondition(lambda self: self.retired is None and self.number > 12)
    @rule(really=st.integers(0, 5).map(lambda n: n == 5))
    def retire(self, really: bool) -> None:
        if really:
            self.retire_now()

    def retire_now(self) -> None:
        self.pending.clear()
        self.retrying.clear()
        self.opened_by_scan &= self.open
        self.retired = self.loop.create_task(self.range.retire())
        self.spin()
        for listing in (self.listing, self.coming):
            if listing is not None:
                self.stale_scan(listing)
        self.listing = self.coming = None

    def stale_scan(self, listing: Listing) -> None:
        """What a scan still does that has not heard of the end yet changes nothing."""
        for key in KEYS:
            assert listing.scan.meet(key) is Met.PASS
            assert not listing.scan.began(key, 0) and not listing.scan.claim_removal(key)
            assert raises_ended(lambda key=key: listing.scan.put(key, 0))  # type: ignore[misc]
        listing.scan.finish()

    # What always holds

    @invariant()
    def it_keeps_its_promises(self) -> None:
        self.handles_are_ready_when_applied()
        self.what_waits_starts()
        self.it_is_bounded()
        self.those_who_wait_are_told()

    def handles_are_ready_when_applied(self) -> None:
        for key, number, task in self.handles:
            ready = self.ended.get(key, 0) >= number
            dropped = self.retired is not None and key not in self.running and not ready
            if self.retired is not None and not ready and task.done():
                assert isinstance(task.exception(), LiveRangeEndedError)
            else:
                assert task.done() is (ready or dropped), (key, number)

    def what_waits_starts(self) -> None:
        assert self.pending <= set(self.running), "something waits, and nothing runs"
        assert self.pausing is None or self.pausing.done() is (not self.running)
        stats = self.range.stats()
        assert (stats.running, stats.waiting) == (len(self.running), len(self.pending))
        self.many_failed |= len(self.failed) > LIMIT
        assert stats.failed == len(self.failed) or (self.many_failed and stats.failed <= LIMIT)
        assert self.unretried_expected == 0

    def it_is_bounded(self) -> None:
        assert self.range.boxes.counted == self.counted <= LIMIT
        assert set(self.range.boxes) == self.open
        for key in self.in_room.values() if self.retired is None else ():
            assert self.counted == LIMIT, "there is room, and one waits for it"
            assert key not in self.open - self.opened_by_scan, "a key that has a mailbox waits"

    def those_who_wait_are_told(self) -> None:
        scan = None if self.listing is None else self.listing.scan.number
        told = min(lowest(self.untold, scan), 1e9 if self.coming is None else self.coming.scan.number)
        if self.retired is None:
            assert all(asked.is_past() is (told > asked.upto) for asked in self.settling)
            durable = self.lowest_not_durable(scan)
            assert all(asked.is_past() is (durable > asked.upto) for asked in self.durables)
        else:
            assert all(asked.is_past() for asked in self.settling)
        assert self.called_back == sorted(self.called_back)

    def lowest_not_durable(self, scan: int | None) -> float:
        many = 1e9 if self.held_for_many is None else min(self.held_for_many.numbers)
        coming = 1e9 if self.coming is None else self.coming.scan.number
        return min(lowest(self.not_durable, scan), many, coming, self.full or 1e9, *self.unlisted.values())

    def teardown(self) -> None:
        try:
            if self.retired is None:
                self.become_quiet()
                self.check_target()
                assert self.range.told.lowest() is None
                assert (self.range.durable.lowest() or 1e9) == self.lowest_not_durable(None)
            else:
                self.check_retired()
            assert not self.range.boxes and self.range.boxes.counted == 0
        finally:
            self.end_tasks()

    def end_tasks(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.spin()
        pausing = [] if self.pausing is None else [self.pausing]
        for task in [*pausing, *self.feeds, *self.in_vain, *self.settled, *(task for _, _, task in self.handles)]:
            error = None if task.cancelled() else task.exception()
            assert error is None or isinstance(error, LiveRangeEndedError), error
        self.loop.close()

    def become_quiet(self) -> None:
        if self.listing is not None:
            self.scan_fails()
        if self.coming is not None:
            self.scan_begins(fails=True)
        while self.pausing is not None:
            for key in sorted(self.running):
                self.end_one(key, "well")
            self.spin()
            if self.pausing.done():
                self.resume(decided=False, well=False)
        while self.running or self.timers:
            for key in sorted(self.running):
                self.end_one(key, "well")
            self.spin()
            if self.timers:
                self.time_passes()
            self.it_keeps_its_promises()
        assert all(queue.empty() for queue in self.queues)

    def check_target(self) -> None:
        for key in KEYS:
            if key in self.given_up:
                assert key in self.failed
            else:
                decided = self.last.get(key)
                assert self.target.get(key) == (None if decided is None else decided.value), key

    def check_retired(self) -> None:
        assert self.retired is not None
        for key in sorted(self.running):
            assert not self.retired.done(), "something still runs"
            self.end_one(key, "well")
            self.spin()
        assert self.retired.done() and not self.timers
        assert all(task.done() for _, _, task in self.handles)
        assert raises_ended(lambda: self.range.update(KEYS[0], 1)) and raises_ended(lambda: self.range.delete(KEYS[0]))
        assert raises_ended(self.range.begin_scan)


def merged(old: Failed | None, new: Failed) -> Failed:
    return new if old is None else Failed(old.numbers | new.numbers, max(old.newest, new.newest))


def numbers_upto(number: int) -> set[int]:
    return set(range(number + 1))


def lowest(numbers: dict[bytes, set[int]], scan: int | None) -> float:
    """The lowest of the numbers that are open."""
    return min((*(n for each in numbers.values() for n in each), *([] if scan is None else [scan])), default=1e9)


def raises_ended(call: Callable[[], object]) -> bool:
    try:
        call()
    except LiveRangeEndedError:
        return True
    return False


def test_a_range_keeps_its_promises() -> None:
    run_state_machine_as_test(
        RangeMachine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
