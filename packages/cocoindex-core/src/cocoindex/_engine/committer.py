"""The only writer of an update: group commit around the sinks. Layer: _engine.

Each round writes one synced transaction: what is true after the actions that have returned, and what is possible after
the actions that start next. Then it starts these. A round takes everything that became ready since the previous
round: a single component is committed at once, many are committed together. Rounds are sequential, but do not wait
for sinks: a unit in flight blocks only its sinks and records (`flights`), and units that need these wait
(`backlog`). The queue and the rounds are limited by the number of target states and the size of their values, too,
because these stay in memory until they are applied.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._runtime.context import ContextProvider
from .._runtime.interruption import is_interruption
from ..errors import StoreError, UpdateCancelledError
from .apply import apply
from .backlog import Backlog
from .batch import Batch
from .flights import Apply, Flights
from .planner import Planner
from .providers import ProviderTable

if TYPE_CHECKING:
    from .._store.interface import AppStore
    from .._target.sink import TargetActionSink
    from .facts import Facts
    from .full_reprocess import FullReprocess
    from .ownership import Ownership
    from .physical import Physical
    from .plan import Plan
    from .tasks import Tasks
    from .unit import Unit
    from .waits import Waits

    Sink = TargetActionSink[Any]

_CANCELLED = (
    "the task that plans and commits was cancelled, by a target handler's reconcile() or child_handler=, or as the "
    "event loop ends; what was committed stays, and the next update goes on from there"
)

ROUND_UNITS = 512
ROUND_ACTIONS = 4096
ROUND_BYTES = 32 << 20

PATIENCE = 0.01
"""After so many seconds without a new call of a sink, what comes in is planned though sinks are still being called.

Before, it waits for the next one to return, as the plan of what wants that sink would be made in vain."""

TURNS = 8
"""After so many turns of the loop more: where it is busy, as many pass until a sink that has returned is known to."""

GATHERED_UNITS = 256
"""A round waits for so many units while bodies run in one iteration of the loop after another."""

SLOW = 0.1
"""After so many seconds in a sink, what waits for it without a plan is planned, to know what it really wants."""


class Committer:
    """Commits units in order of arrival, as far as their sinks and records are free.

    Attributes:
        full: the full reprocess, while what is stored about targets is ignored.
        before_commit: called before each transaction is committed, with its batch and the units that become durable
            with it; it may write to the batch.
        stopping: whether it accepts no more units.
        is_closed: returns whether mounts should pause, those that lead to one known sink or all others, because the
            queue is full (in units, target states or bytes).
    """

    def __init__(
        self,
        store: AppStore,
        facts: Facts,
        providers: ProviderTable,
        ownership: Ownership,
        physical: Physical,
        context: ContextProvider,
        tasks: Tasks,
        waits: Waits,
        *,
        more_to_come: Callable[[], bool],
        after_round: Callable[[], None],
        apply: Apply = apply,
        on_broken: Callable[[BaseException], None],
    ) -> None:
        self._store = store
        self._facts = facts
        self._providers = providers
        self._ownership = ownership
        self._physical = physical
        self._context = context
        self._tasks = tasks
        self._waits = waits
        self.full: FullReprocess | None = None
        self.before_commit: list[Callable[[Batch, list[Unit]], None]] = []
        self._more_to_come = more_to_come
        self._after_round = after_round
        self._on_broken = on_broken
        self._backlog = Backlog()
        self.is_closed = self._backlog.is_full
        self._flights = Flights(
            self._backlog, context, apply, tasks, on_return=self._sink_returned, on_broken=self._lost
        )
        self._serving: asyncio.Task[None] | None = None
        self._wake: asyncio.Future[None] | None = None
        self._room: list[asyncio.Future[None]] = []
        self._freed = False
        self._alone = False
        self._together = 0
        self._sound = True
        self.stopping = False

    # The interface to other modules

    def stop(self) -> None:
        """Accept no more units and drop the waiting ones; units in flight are still committed."""
        self.stopping = True
        self._backlog.clear()

    def add(self, unit: Unit) -> None:
        """Queue `unit`; its `finish` is called when it is committed."""
        if self.stopping:
            return
        if self._flights.tasks and (sink := self._certain_to_want(unit)) is not None:
            self._backlog.wait_for_sink(unit, sink)
            if len(self._backlog.lanes[sink].waiting) == 1:
                self._wake_up()
            return
        self._backlog.add(unit)
        if self._serving is None:
            self._begin()
        elif len(self._backlog) == 1:
            self._wake_up()

    def add_together(self, units: list[Unit]) -> None:
        """Queue units that may need one another, to be committed in one round if possible."""
        self._together = len(units)
        for unit in units:
            self.add(unit)

    async def room(self, lane: Sink | None = None) -> None:
        """Wait while this lane or the whole queue is full."""
        while self._backlog.is_full(lane):
            future = self._waits.new()
            self._room.append(future)
            await future

    async def drained(self) -> None:
        """Wait until everything added is committed or has failed."""
        while tasks := {*self._flights.tasks, *([] if self._serving is None else [self._serving])}:
            await asyncio.wait(tasks)

    # When a round takes place

    def _begin(self) -> None:
        self._serving = self._tasks.start(self._serve())
        self._serving.add_done_callback(self._served)  # not from inside: it may be cancelled before its first step

    async def _serve(self) -> None:
        try:
            await asyncio.sleep(0)
            while self._backlog or self._flights.tasks or self._flights.has_landed:
                if await self._is_due():
                    await self._gathered()
                    self._round()
                    self._give_room()
                    self._after_round()
                    await asyncio.sleep(0)
                else:
                    await self._woken()
        except BaseException as exc:  # the store cannot be read or written: no component's fault
            if is_interruption(exc):
                raise
            self._break(exc)

    async def _is_due(self) -> bool:
        """Return whether there is something to write now."""
        if not self._flights.tasks or self._freed:
            return True
        if self._alone or not self._is_late(asyncio.get_running_loop().time()):
            return False
        for _ in range(TURNS):
            await asyncio.sleep(0)
            if not self._flights.tasks or self._freed:
                return True
        self._backlog.find_slow(asyncio.get_running_loop().time() - SLOW)
        return bool(self._backlog)

    async def _gathered(self) -> None:
        """Wait for the units that the next iterations of the loop make ready: each round costs a sync."""
        backlog = self._backlog
        while self._more_to_come() and len(backlog) < GATHERED_UNITS and not backlog.is_full():  # noqa: ASYNC110
            await asyncio.sleep(0)

    def _is_late(self, now: float) -> bool:
        """Return whether something has waited long enough for a sink."""
        if self._backlog and now >= self._flights.since + PATIENCE:
            return True
        called = self._backlog.called_first()
        return called is not None and now >= called + SLOW

    async def _woken(self) -> None:
        """Wait until a sink returns, or until it is time to plan new units."""
        loop = asyncio.get_running_loop()
        self._wake = loop.create_future()
        due = [self._flights.since + PATIENCE] if self._backlog else []
        if (called := self._backlog.called_first()) is not None:
            due.append(called + SLOW)
        timer = loop.call_at(min(due), self._wake_up) if due and not self._alone else None
        try:
            await self._wake
        finally:
            if timer is not None:
                timer.cancel()

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _sink_returned(self) -> None:
        self._freed = True
        if self._serving is None:
            self._begin()
        else:
            self._wake_up()

    def _served(self, task: asyncio.Task[None]) -> None:
        self._serving = None
        self._give_room()
        if task.cancelled():
            self._break(UpdateCancelledError(_CANCELLED))
        elif self._backlog and not self._flights.tasks:  # added since the check
            self._begin()

    def _lost(self, error: BaseException | None) -> None:
        """Handle a sink call that ended without saying what was applied."""
        if error is None or not is_interruption(error):
            self._break(error or UpdateCancelledError(_CANCELLED))
        self._wake_up()

    def _break(self, error: BaseException) -> None:
        if not self.stopping:
            self.stop()
            self._on_broken(error)

    def _give_room(self) -> None:
        waiting, self._room = self._room, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    # One round

    def _round(self) -> None:
        """Write one transaction, then start the actions that it announced."""
        self._freed = False
        landed, failed = self._flights.landed()
        if not self._sound:  # the earlier transaction has written nothing
            return
        self._flights.let_go([unit for unit, _ in failed])
        _fail(failed)
        self._sound = False
        batch = Batch(self._store)
        acting: list[Unit] = []
        done = landed
        with batch.reading():
            for unit in landed:
                unit.commit(batch)
            self._flights.let_go(landed)
            refused = self._prepare(batch, acting, done)
        for write in self.before_commit:
            write(batch, done)
        self._facts.write(batch)
        batch.commit()
        self._sound = True
        for unit in done:
            unit.finish(None)
        _fail(refused)
        if acting:
            self._flights.launch(acting)

    def _prepare(self, batch: Batch, acting: list[Unit], done: list[Unit]) -> list[tuple[Unit, BaseException]]:
        """Plan the next units; units without actions are complete with this transaction.

        Two actions on one target are never in flight at once: the owner of a target is written as soon as it is
        planned, so a second component that claims it finds the first one's record and waits.

        Returns:
            The units that could not be planned because a handler or a value failed.
        """
        if self._alone and self._flights.tasks:
            return []
        self._alone = False
        planner = Planner(batch, self._providers, self._ownership, self._physical, self._context, full=self.full)
        backlog, flights = self._backlog, self._flights
        lanes, records = backlog.lanes, flights.records
        refused: list[tuple[Unit, BaseException]] = []
        complete = len(done)
        actions = weight = 0
        for _ in range(min(len(backlog), max(ROUND_UNITS, self._together))):
            if (actions >= ROUND_ACTIONS or weight >= ROUND_BYTES) and not self._together:
                break
            unit = backlog.take()
            if (lanes or unit.record_key in records) and self._has_to_wait(unit):
                continue
            try:
                plan = unit.prepare(batch, planner)
            except StoreError:
                raise
            except BaseException as exc:
                if is_interruption(exc):
                    raise
                refused.append((unit, exc))
                continue
            if (lanes or plan.shared is not None) and self._has_to_wait_with(unit, plan):
                continue
            if plan.containers and plan.changes_below():
                self._alone = True
                if flights.tasks:
                    backlog.put_back(unit)
                    break
            unit.plan = plan
            flights.hold(unit, plan)
            if not plan.shares:
                unit.commit(batch)
                done.append(unit)
                continue
            unit.write_ahead(batch)
            acting.append(unit)
            weight += unit.weight
            for share in plan.shares.values():
                actions += len(share[0])
        if acting:
            self._together = 0
        flights.let_go(done[complete:])
        return refused

    def _certain_to_want(self, unit: Unit) -> Sink | None:
        """Return a busy sink that `unit` will need, as far as that is known before it is planned."""
        lanes = self._backlog.lanes
        for provider, _ in unit.certain_providers():
            sink = self._providers.sink_of(provider)
            if sink is not None and (lane := lanes.get(sink)) is not None and not lane.slow:
                return sink
        return None

    def _has_to_wait(self, unit: Unit) -> bool:
        """Queue `unit` and return True if its record is in flight or a sink that it needs is busy."""
        backlog = self._backlog
        if unit.record_key in self._flights.records:
            backlog.wait_for_record(unit, unit.record_key)
            return True
        if not backlog.lanes:
            return False
        sink = backlog.ahead_of(unit) or self._certain_to_want(unit)
        if sink is None:
            return False
        backlog.wait_for_sink(unit, sink)
        return True

    def _has_to_wait_with(self, unit: Unit, plan: Plan) -> bool:
        """Do the same, with the plan of the unit."""
        backlog, flights = self._backlog, self._flights
        if plan.shared is not None and not flights.records.isdisjoint(plan.shared.owners):
            backlog.wait_for_record(unit, next(iter(flights.records & plan.shared.owners)))
            return True
        for sink in plan.shares:
            if sink in backlog.lanes:
                backlog.wait_for_sink(unit, sink)
                return True
        return False


def _fail(failed: list[tuple[Unit, BaseException]]) -> None:
    """Report failures to their units. The exceptions are not kept: their tracebacks refer to the calling frames."""
    for unit, error in failed:
        unit.finish(error)
    failed.clear()
