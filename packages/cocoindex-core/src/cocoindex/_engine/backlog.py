"""What waits for the committer: for its turn, for a sink that is being called, or a record in flight. Layer: _engine.

A sink and what waits for it are a *lane*. A body's target is not known before it has run, so what is bounded is each
lane, for the mounts that are known to lead there, and the whole, for all.
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
    """A sink that is being called, and what waits for it.

    Attributes:
        applying: how many bytes the values have that it is called with.
        began: when it was called, in seconds of the loop's time.
        slow: whether it takes long, so that nothing waits for it unless its plan says that it has to.
        states, weight: how many target states wait, and how many bytes their values have.
        records: those of what waits.
    """

    __slots__ = ("applying", "began", "records", "slow", "states", "waiting", "weight")

    def __init__(self, applying: int, began: float) -> None:
        self.applying = applying
        self.began = began
        self.slow = False
        self.empty()

    def empty(self) -> None:
        """Forget what waits."""
        self.waiting: deque[Unit] = deque()
        self.records: set[bytes] = set()
        self.states = self.weight = 0


class Backlog:
    """Units in the order in which they come, but for those that wait for something that is in flight.

    Attributes:
        lanes: those whose sink is being called.
    """

    def __init__(self) -> None:
        self.lanes: dict[Sink, Lane] = {}
        self._queue: deque[Unit] = deque()
        self._states = self._weight = self._applying = 0  # of the queue, and of the lanes
        self._more = self._more_states = self._more_weight = 0  # of all others that wait
        self._records: dict[bytes, list[Unit]] = {}

    def __len__(self) -> int:
        """How many wait for their turn, and for nothing else."""
        return len(self._queue)

    def clear(self) -> None:
        """Forget all that waits."""
        for lane in self.lanes.values():
            lane.empty()
        self._queue.clear()
        self._records.clear()
        self._states = self._weight = 0
        self._more = self._more_states = self._more_weight = 0

    # Who waits for what

    def add(self, unit: Unit) -> None:
        self._queue.append(unit)
        self._states += unit.states
        self._weight += unit.weight

    def take(self) -> Unit:
        """The next one whose turn it is."""
        unit = self._queue.popleft()
        self._states -= unit.states
        self._weight -= unit.weight
        return unit

    def put_back(self, unit: Unit) -> None:
        """Have it be the next one again."""
        self._queue.appendleft(unit)
        self._states += unit.states
        self._weight += unit.weight

    def ahead_of(self, unit: Unit) -> Sink | None:
        """The sink that an earlier unit of the same record waits for."""
        for sink, lane in self.lanes.items():
            if unit.record_key in lane.records:
                return sink
        return None

    def wait_for_sink(self, unit: Unit, sink: Sink) -> None:
        """Have `unit` wait until `sink`, which is being called, has returned."""
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
        """Have `unit` wait until the record that lies at `key` is not in flight any more."""
        self._records.setdefault(key, []).append(unit)
        self._more += 1
        self._more_states += unit.states
        self._more_weight += unit.weight

    def begin(self, sink: Sink, applying: int, now: float) -> None:
        """`sink` is being called from now on, with values of so many bytes."""
        self.lanes[sink] = Lane(applying, now)
        self._applying += applying

    def end(self, sink: Sink) -> None:
        """`sink` has returned: those that wait for it are the next ones."""
        lane = self.lanes.pop(sink)
        self._applying -= lane.applying
        self._open(lane)

    def find_slow(self, before: float) -> None:
        """Have those look what they want that wait for a sink that was called `before` then and has not returned."""
        for lane in self.lanes.values():
            if not lane.slow and lane.began <= before:
                lane.slow = True
                self._open(lane)

    def called_first(self) -> float | None:
        """When the sink was called that will be the next to be slow, of those that something waits for."""
        return min([lane.began for lane in self.lanes.values() if lane.waiting and not lane.slow], default=None)

    def _open(self, lane: Lane) -> None:
        self._next(lane.waiting, lane.states, lane.weight)
        lane.empty()

    @property
    def waits_for_records(self) -> bool:
        return bool(self._records)

    def release(self, keys: Iterable[bytes]) -> None:
        """These records are not in flight any more."""
        for key in keys:
            if (waiting := self._records.pop(key, None)) is not None:
                states, weight = sum([unit.states for unit in waiting]), sum([unit.weight for unit in waiting])
                self._next(waiting, states, weight)

    def _next(self, units: deque[Unit] | list[Unit], states: int, weight: int) -> None:
        """Have `units`, which waited for something, be the next ones."""
        self._more -= len(units)
        self._more_states -= states
        self._more_weight -= weight
        self._states += states
        self._weight += weight
        self._queue.extendleft(reversed(units))

    # How much waits

    def is_full(self, sink: Sink | None = None) -> bool:
        """Whether no more should be made for now: of what leads to `sink`, or of what nobody knows where it leads."""
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
