"""The one writer of an update: group commit around the sinks. Layer: _engine.

Each round writes, in one synced transaction, what holds after the actions of the round before and what is possible
after those of this one; then it applies these. A round takes whatever became ready during the one before: a lone
component is committed at once, a crowd together. What waits, and what a round takes, is bounded by the number of target
states and the bytes of their values, too, as these are held in memory until they are applied.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from .._runtime.context import ContextProvider
from .._runtime.interruption import is_interruption
from ..errors import StoreError, UpdateCancelledError
from .apply import apply
from .batch import Batch
from .planner import Planner
from .providers import ProviderTable

if TYPE_CHECKING:
    from .._store import AppStore
    from .facts import Facts
    from .ownership import Ownership
    from .physical import Physical
    from .plan import Plan
    from .unit import Unit

Apply: TypeAlias = "Callable[[ContextProvider, list[Unit]], Awaitable[dict[Unit, BaseException]]]"

_CANCELLED = (
    "the task that plans and commits was cancelled, by a target handler's reconcile() or child_handler=, or as the "
    "event loop ends; what was committed stays, and the next update goes on from there"
)

ROUND_UNITS = 512
ROUND_ACTIONS = 4096
BACKLOG_UNITS = 512
BACKLOG_STATES = 2048
ROUND_BYTES = BACKLOG_BYTES = 32 << 20


class Committer:
    """Commits units in the order in which they come.

    Attributes:
        before_commit: called in each transaction before it is committed, with its batch and the units that are durable
            with it; they may write to the batch.
    """

    def __init__(
        self,
        store: AppStore,
        facts: Facts,
        providers: ProviderTable,
        ownership: Ownership,
        physical: Physical,
        context: ContextProvider,
        *,
        full: bool,
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
        self.full = full
        self.before_commit: list[Callable[[Batch, list[Unit]], None]] = []
        self._after_round = after_round
        self._apply = apply
        self._on_broken = on_broken
        self._queue: deque[Unit] = deque()
        self._states = self._weight = self._applying = 0
        self._serving: asyncio.Task[None] | None = None
        self._room: list[asyncio.Future[None]] = []
        self._calm = contextvars.copy_context()
        self.stopping = False

    def stop(self) -> None:
        """Take no more units: drop those that wait; what is being applied is committed."""
        self.stopping = True
        self._queue.clear()
        self._states = self._weight = 0

    def add(self, unit: Unit) -> None:
        """Have `unit` committed; its `finish` tells when it is."""
        if self.stopping:
            return
        self._queue.append(unit)
        self._states += unit.states
        self._weight += unit.weight
        if self._serving is None:
            self._begin()

    def _begin(self) -> None:
        # What called has a time limit, and a component, that are not those of the sinks.
        self._serving = asyncio.get_running_loop().create_task(self._serve(), context=self._calm.copy())
        self._serving.add_done_callback(self._served)  # not from inside: it may be cancelled before its first step

    @property
    def is_crowded(self) -> bool:
        """Whether so many units wait, or of so many target states or bytes, that no more should be made for now."""
        return (
            len(self._queue) >= BACKLOG_UNITS
            or self._states >= BACKLOG_STATES
            or self._weight + self._applying >= BACKLOG_BYTES
        )

    async def room(self) -> None:
        """Wait while too many units wait."""
        while self.is_crowded:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._room.append(future)
            await future

    async def drained(self) -> None:
        """Wait until everything that was added is committed or failed."""
        while (serving := self._serving) is not None:
            await asyncio.wait([serving])

    async def _serve(self) -> None:
        applied: list[Unit] = []
        try:
            await asyncio.sleep(0)
            while self._queue or applied:
                applied = await self._round(applied)
                self._give_room()
                self._after_round()
        except BaseException as exc:  # the store cannot be read or written, for which no component is to blame
            if is_interruption(exc):
                raise
            self.stop()
            self._on_broken(exc)

    def _served(self, task: asyncio.Task[None]) -> None:
        self._serving = None
        self._give_room()
        if task.cancelled():
            if not self.stopping:
                self.stop()
                self._on_broken(UpdateCancelledError(_CANCELLED))
        elif self._queue:  # added since it looked
            self._begin()

    def _give_room(self) -> None:
        waiting, self._room = self._room, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def _round(self, applied: list[Unit]) -> list[Unit]:
        """One transaction, then the actions that it announced; returns the units whose actions were applied."""
        batch = Batch(self._store)
        acting: list[Unit] = []
        done = applied
        with batch.reading():
            for unit in applied:
                unit.commit(batch)
            failed = self._prepare(batch, acting, done)
        for write in self.before_commit:
            write(batch, done)
        self._facts.write(batch)
        batch.commit()
        for unit in done:
            unit.finish(None)
        for unit, error in failed:
            unit.finish(error)
        if not acting:
            await asyncio.sleep(0)
            return []
        self._applying = sum([unit.weight for unit in acting])
        not_applied = await self._apply(self._context, acting)
        self._applying = 0
        for unit, error in not_applied.items():
            unit.finish(error)
        return [unit for unit in acting if unit not in not_applied]

    def _prepare(self, batch: Batch, acting: list[Unit], done: list[Unit]) -> list[tuple[Unit, BaseException]]:
        """Plan the units that wait; those without actions are complete with this transaction.

        No two actions on one target come into one round: who owns a target is written as soon as it is planned, so a
        second component that claims it finds the first one's record, and waits.

        Returns:
            The units whose plan could not be made, as a handler or a value of theirs is at fault.
        """
        planner = Planner(batch, self._providers, self._ownership, self._physical, self._context, full=self.full)
        records: set[bytes] = set()
        later: list[Unit] = []
        failed: list[tuple[Unit, BaseException]] = []
        actions = weight = 0
        for _ in range(min(len(self._queue), ROUND_UNITS)):
            if actions >= ROUND_ACTIONS or weight >= ROUND_BYTES:
                break
            unit = self._queue.popleft()
            self._states -= unit.states
            self._weight -= unit.weight
            if unit.record_key in records:
                later.append(unit)
                continue
            try:
                plan = unit.prepare(batch, planner)
            except StoreError:
                raise
            except BaseException as exc:
                if is_interruption(exc):
                    raise
                failed.append((unit, exc))
                continue
            if plan.shared is not None:
                if not records.isdisjoint(plan.shared.owners):
                    later.append(unit)
                    continue
                records |= plan.shared.owners
            self._accept(batch, unit, plan, acting, done)
            records.add(unit.record_key)
            weight += unit.weight
            for share in plan.shares.values():
                actions += len(share[0])
        self._queue.extendleft(reversed(later))
        self._states += sum(unit.states for unit in later)
        self._weight += sum(unit.weight for unit in later)
        return failed

    @staticmethod
    def _accept(batch: Batch, unit: Unit, plan: Plan, acting: list[Unit], done: list[Unit]) -> None:
        unit.plan = plan
        if plan.shares:
            unit.write_ahead(batch)
            acting.append(unit)
        else:
            unit.commit(batch)
            done.append(unit)
