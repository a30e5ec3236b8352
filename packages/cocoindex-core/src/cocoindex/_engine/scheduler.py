"""Slots and workers: how many components run at once, and which task runs them. Layer: _engine.

A worker is a task that runs components one after the other: another worker is started only if none is about to start.
So only components that really suspend cost a task. A parent lends its slot to one child at a time, so a tree of any
depth completes with one slot.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from .._runtime.left import cancelled
from .._runtime.time_slice import TimeSlice

if TYPE_CHECKING:
    from typing import Protocol

    from .tasks import Tasks
    from .waits import Waits

    class Job(Protocol):
        """What a worker runs: a component."""

        @property
        def seat(self) -> Seat: ...


POOL, LENT = 1, 2


class Seat:
    """The place of a component in the scheduler; only the scheduler changes it.

    Attributes:
        parent: the seat of the component above, whose slot can be lent.
        taken: whether the component may run, with a slot of the pool or of its parent.
        lends: the seat that the slot is lent to; None if it is not lent.
    """

    __slots__ = ("lends", "parent", "slot", "wanting")

    def __init__(self, parent: Seat | None) -> None:
        self.parent = parent
        self.slot = 0
        self.lends: Seat | None = None
        self.wanting: deque[_Waiter] | None = None

    @property
    def taken(self) -> bool:
        return bool(self.slot)


class _Waiter:
    """A mount call that waits for a slot, in its parent's queue and in the common one."""

    __slots__ = ("future", "seat")

    def __init__(self, seat: Seat, future: asyncio.Future[None]) -> None:
        self.seat = seat
        self.future = future


class Scheduler:
    """Gives components slots, and workers to run them.

    Args:
        limit: the number of slots.
        run: runs one component.
        slice: when it is over, a worker leaves the rest to the next one, which begins a new slice.
        tasks: starts the workers.
        waits: what user code may wait for.
    """

    def __init__(
        self, limit: int, run: Callable[[Any], Awaitable[None]], slice: TimeSlice, tasks: Tasks, waits: Waits
    ) -> None:
        self._tasks = tasks
        self._waits = waits
        self._free = limit
        self._run = run
        self._slice = slice
        self._queue: deque[Job] = deque()
        self._waiting: deque[_Waiter] = deque()
        self._starting = False
        self._workers: set[asyncio.Task[None]] = set()

    @property
    def has_more(self) -> bool:
        """Return whether components wait for a worker."""
        return bool(self._queue)

    def take(self, seat: Seat) -> bool:
        """Take a slot at once, the parent's or one of the pool; return False if there is none."""
        parent = seat.parent
        if parent is not None and parent.slot and parent.lends is None:
            parent.lends = seat
            seat.slot = LENT
            return True
        if self._free > 0:
            self._free -= 1
            seat.slot = POOL
            return True
        return False

    async def wait(self, seat: Seat) -> None:
        """Wait for a slot."""
        waiter = _Waiter(seat, self._waits.new())
        self._waiting.append(waiter)
        parent = seat.parent
        if parent is not None:
            if parent.wanting is None:
                parent.wanting = deque()
            parent.wanting.append(waiter)
        try:
            await waiter.future
        except BaseException:
            if seat.slot:
                self.release(seat)
            raise

    def release(self, seat: Seat) -> None:
        """Release the slot of a component that has ended: to a sibling if the parent lent it, else to anybody."""
        slot, seat.slot = seat.slot, 0
        parent = seat.parent
        if slot and seat.lends is not None:  # a live range continues after its component has ended, and keeps the slot
            heir, seat.lends = seat.lends, None
            self._leave_to(heir, slot, parent)
        elif slot == LENT:
            assert parent is not None
            if parent.slot and (waiter := self._hand_over(parent.wanting, LENT)) is not None:
                parent.lends = waiter
            else:
                parent.lends = None
        elif slot == POOL and self._hand_over(self._waiting, POOL) is None:
            self._free += 1

    def enqueue(self, job: Job) -> None:
        """Let a worker run `job`, which has a slot."""
        self._queue.append(job)
        if not self._starting:
            self._start_worker()

    async def cancel(self) -> None:
        """Cancel all workers and wait until they have left."""
        self._queue.clear()
        await cancelled(self._workers)

    @staticmethod
    def _leave_to(heir: Seat, slot: int, parent: Seat | None) -> None:
        heir.slot, heir.parent = slot, parent
        if slot == LENT and parent is not None:
            parent.lends = heir

    @staticmethod
    def _hand_over(waiting: deque[_Waiter] | None, slot: int) -> Seat | None:
        while waiting:
            waiter = waiting.popleft()
            if not waiter.future.done():
                waiter.seat.slot = slot
                waiter.future.set_result(None)
                return waiter.seat
        return None

    def _start_worker(self) -> None:
        self._starting = True
        worker = self._tasks.start(self._work())
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self) -> None:
        self._starting = False
        self._slice.begin()
        clean = contextvars.copy_context()
        task = asyncio.current_task()
        while self._queue:
            job = self._queue.popleft()
            if self._queue and not self._starting:
                self._start_worker()
            await self._run(job)
            del job
            # Context variables and cancellations of one component must not reach the next one.
            is_spoiled = contextvars.copy_context() != clean or (task is not None and task.cancelling())
            if is_spoiled or self._slice.is_over():
                if self._queue and not self._starting:
                    self._start_worker()
                return
