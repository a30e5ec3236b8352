"""Units in flight: the running sink calls, and the units that wait for them. Layer: _engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from .._runtime.context import ContextProvider
from .._target.sink import TargetActionSink

if TYPE_CHECKING:
    from .apply import Shares
    from .backlog import Backlog
    from .plan import Plan
    from .tasks import Tasks
    from .unit import Unit

Apply: TypeAlias = "Callable[[ContextProvider, TargetActionSink[Any], Shares], Awaitable[dict[Unit, BaseException]]]"


class Flights:
    """Calls each sink one call at a time, and different sinks concurrently.

    A unit has landed when all its sinks have returned. A sink is free for other units as soon as it has returned.

    Attributes:
        records: the records of the units in flight, and of the components that their plans read or change.
        since: when the last call began, in seconds of the loop's clock.
        tasks: the running calls.
    """

    def __init__(
        self,
        backlog: Backlog,
        context: ContextProvider,
        apply: Apply,
        tasks: Tasks,
        *,
        on_return: Callable[[], None],
        on_broken: Callable[[BaseException | None], None],
    ) -> None:
        self._backlog = backlog
        self._context = context
        self._apply = apply
        self._tasks = tasks
        self._on_return = on_return
        self._on_broken = on_broken
        self._open: dict[Unit, int] = {}
        self._errors: dict[Unit, BaseException] = {}
        self._landed: list[Unit] = []
        self.records: set[bytes] = set()
        self.since = 0.0
        self.tasks: set[asyncio.Task[Any]] = set()

    def hold(self, unit: Unit, plan: Plan) -> None:
        """Block other units of the record of `unit` and of the records that its plan affects."""
        self.records.add(unit.record_key)
        if plan.shared is not None:
            self.records |= plan.shared.owners

    def let_go(self, units: list[Unit]) -> None:
        """Unblock the records of `units`."""
        keys = [unit.record_key for unit in units]
        for unit in units:
            assert unit.plan is not None
            if unit.plan.shared is not None:
                keys += unit.plan.shared.owners
        self.records.difference_update(keys)
        if self._backlog.waits_for_records:
            self._backlog.release(keys)

    def launch(self, units: list[Unit]) -> None:
        """Apply the actions of `units`: each sink gets all its actions in one call."""
        calls: dict[TargetActionSink[Any], Shares] = {}
        for unit in units:
            assert unit.plan is not None
            shares = unit.plan.shares
            if len(shares) > 1:
                self._open[unit] = len(shares)
            for sink, share in shares.items():
                calls.setdefault(sink, []).append((unit, share))
            if unit.call is not None:
                unit.call.lane = sink
        self.since = asyncio.get_running_loop().time()
        for sink, theirs in calls.items():
            self._backlog.begin(sink, sum([unit.weight for unit, _ in theirs]), self.since)
            task = self._tasks.start(self._call(sink, theirs), watched=False)
            self.tasks.add(task)
            task.add_done_callback(partial(self._returned, sink, theirs))

    def landed(self) -> tuple[list[Unit], list[tuple[Unit, BaseException]]]:
        """Return the units that have landed since the last call: those applied, and those not."""
        landed, self._landed = self._landed, []
        if not self._errors:
            return landed, []
        failed = [(unit, self._errors.pop(unit)) for unit in landed if unit in self._errors]
        lost = {unit for unit, _ in failed}
        return [unit for unit in landed if unit not in lost], failed

    @property
    def has_landed(self) -> bool:
        return bool(self._landed)

    async def _call(self, sink: TargetActionSink[Any], shares: Shares) -> dict[Unit, BaseException]:
        return await self._apply(self._context, sink, shares)

    def _returned(
        self, sink: TargetActionSink[Any], shares: Shares, task: asyncio.Task[dict[Unit, BaseException]]
    ) -> None:
        self.tasks.discard(task)
        self._backlog.end(sink)
        if task.cancelled():
            self._on_broken(None)
            return
        if (error := task.exception()) is not None:
            self._on_broken(error)
            return
        failed = task.result()
        for unit, error in failed.items():
            self._errors.setdefault(unit, error)
        failed.clear()  # which the task keeps alive
        if not self._open:
            self._landed += [unit for unit, _ in shares]
        else:
            self._landed += [unit for unit, _ in shares if self._is_last(unit)]
        self._on_return()

    def _is_last(self, unit: Unit) -> bool:
        """Return whether the sink that has returned was the last one that `unit` waits for."""
        left = self._open.pop(unit, 1) - 1
        if left:
            self._open[unit] = left
        return not left
