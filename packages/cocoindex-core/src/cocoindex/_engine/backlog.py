"""The queue of the committer: units that wait for their turn, for a busy sink or for a record in flight. Layer:
_engine.

A sink and the units that wait for it form a *lane*. The target of a body is unknown before it has run. So there are two
limits: one for each lane, which applies to mounts known to lead there, and one for the whole queue, which applies to
all.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._target.sink import TargetActionSink
    from .unit import Unit

    Sink = TargetActionSink[Any]

BACKLOG_UNITS = 512
BACKLOG_STATES = 2048
BACKLOG_BYTES = 32 << 20

ALL_UNITS, ALL_STATES, ALL_BYTES = 4 * BACKLOG_UNITS, 4 * BACKLOG_STATES, 4 * BACKLOG_BYTES
"""Four full lanes close all the others."""


class Lane:
    """A sink that is being called, and the units that wait for it.

    Attributes:
        applying: the size in bytes of the values in the current call.
        began: when the call began, in seconds of the loop's clock.
        slow: whether the call takes long. Then a unit waits for it only if the unit's plan requires that.
        states, weight: the number of waiting target states, and the size of their values in bytes.
        records: the records of the waiting units.
    """

    __slots__ = ("applying", "began", "records", "slow", "states", "waiting", "weight")

    def __init__(self, applying: int, began: float) -> None:
        self.applying = applying
        self.began = began
        self.slow = False
        self.empty()

    def empty(self) -> None:
        """Drop the waiting units."""
        self.waiting: deque[Unit] = deque()
        self.records: set[bytes] = set()
        self.states = self.weight = 0


class Backlog:
    """Units in order of arrival, except those that wait for something in flight.

    Attributes:
        lanes: the lanes whose sink is being called.
    """

    def __init__(self) -> None:
        self.lanes: dict[Sink, Lane] = {}
        self._queue: deque[Unit] = deque()
        self._states = self._weight = self._applying = 0  # of the queue, and of the lanes
        self._more = self._more_states = self._more_weight = 0  # of all others that wait
        self._records: dict[bytes, list[Unit]] = {}

    def __len__(self) -> int:
        """Return how many units wait only for their turn."""
        return len(self._queue)

    def clear(self) -> None:
        """Drop all waiting units."""
        for lane in self.lanes.values():
            lane.empty()
        self._queue.clear()
        self._records.clear()
        self._states = self._weight = 0
        self._more = self._more_states = self._more_weight = 0

    # What units wait for

    def add(self, unit: Unit) -> None:
        self._queue.append(unit)
        self._states += unit.states
        self._weight += unit.weight

    def take(self) -> Unit:
        """Remove and return the next unit."""
        unit = self._queue.popleft()
        self._states -= unit.states
        self._weight -= unit.weight
        return unit

    def put_back(self, unit: Unit) -> None:
        """Put a unit back at the front."""
        self._queue.appendleft(unit)
        self._states += unit.states
        self._weight += unit.weight

    def ahead_of(self, unit: Unit) -> Sink | None:
        """Return the sink that an earlier unit of the same record waits for."""
        for sink, lane in self.lanes.items():
            if unit.record_key in lane.records:
                return sink
        return None

    def wait_for_sink(self, unit: Unit, sink: Sink) -> None:
        """Queue `unit` until the current call of `sink` has returned."""
        lane = self.lanes[sink]
        lane.waiting.append(unit)
        lane.records.add(unit.record_key)
        states, weight = unit.states, unit.weight
        lane.states += states
        lane.weight += weight
        self._more += 1
        self._more_states += states
        self._more_weight += weight
        if unit.call is not None:
            unit.call.lane = sink

    def wait_for_record(self, unit: Unit, key: bytes) -> None:
        """Queue `unit` until the record at `key` is no longer in flight."""
        self._records.setdefault(key, []).append(unit)
        self._more += 1
        self._more_states += unit.states
        self._more_weight += unit.weight

    def begin(self, sink: Sink, applying: int, now: float) -> None:
        """Note that a call of `sink` begins, with values of this size in bytes."""
        self.lanes[sink] = Lane(applying, now)
        self._applying += applying

    def end(self, sink: Sink) -> None:
        """Note that `sink` has returned, and move the units that wait for it to the front."""
        lane = self.lanes.pop(sink)
        self._applying -= lane.applying
        self._open(lane)

    def find_slow(self, before: float) -> None:
        """Mark sinks as slow whose call began `before` this time and has not returned; their waiting units are
        planned next."""
        for lane in self.lanes.values():
            if not lane.slow and lane.began <= before:
                lane.slow = True
                self._open(lane)

    def called_first(self) -> float | None:
        """Return when the call began that will be the next to count as slow, among sinks with waiting units."""
        return min([lane.began for lane in self.lanes.values() if lane.waiting and not lane.slow], default=None)

    def _open(self, lane: Lane) -> None:
        self._next(lane.waiting, lane.states, lane.weight)
        lane.empty()

    @property
    def waits_for_records(self) -> bool:
        return bool(self._records)

    def release(self, keys: Iterable[bytes]) -> None:
        """Note that these records are no longer in flight."""
        for key in keys:
            if (waiting := self._records.pop(key, None)) is not None:
                states, weight = sum([unit.states for unit in waiting]), sum([unit.weight for unit in waiting])
                self._next(waiting, states, weight)

    def _next(self, units: deque[Unit] | list[Unit], states: int, weight: int) -> None:
        """Move `units`, which waited for something, to the front."""
        self._more -= len(units)
        self._more_states -= states
        self._more_weight -= weight
        self._states += states
        self._weight += weight
        self._queue.extendleft(reversed(units))

    # The limits

    def is_full(self, sink: Sink | None = None) -> bool:
        """Return whether mounts should pause: those that lead to `sink`, or those whose sink is unknown."""
        units, states, weight = len(self._queue), self._states, self._weight
        if units >= BACKLOG_UNITS or states >= BACKLOG_STATES or weight >= BACKLOG_BYTES:
            return True
        if not self.lanes:
            return False
        lane = None if sink is None else self.lanes.get(sink)
        if lane is not None and (
            units + len(lane.waiting) >= BACKLOG_UNITS
            or states + lane.states >= BACKLOG_STATES
            or weight + lane.weight + lane.applying >= BACKLOG_BYTES
        ):
            return True
        return (
            units + self._more >= ALL_UNITS
            or states + self._more_states >= ALL_STATES
            or weight + self._more_weight + self._applying >= ALL_BYTES
        )
