"""Components whose actions failed, and that may be tried again before the failure is reported. Layer: _engine.

Something new may need the place of something old: a row a unique value, a folder the name of a file. Within one
component, removals come first. What another component no longer declares is removed when that component is applied
or swept, which may be later. So a component that fails in a sink is *put off* until everything else below its
parents is done and swept, or until somebody waits for it. Then it is tried again, together with other such
components, if something has made room in the meantime; and again, if one of these has. If nothing has, each reports
its first failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._described import is_a, words_of
from ..errors import ContainerLostError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection

    from .batch import Batch
    from .component import Component
    from .removal import Removals
    from .run import Run
    from .unit import Unit

MOST = 4096
MOST_STATES = 8192
MOST_BYTES = 32 << 20
"""So much is held; what fails after that is told at once."""

TRIES = 4
"""So often is a component tried at most, and less often where nothing has made room."""

ALIKE = 4
"""Where more fail, all with the same words, these say nothing of what one is in the way of another with."""

PATIENCE = 30.0
"""After so many seconds without a round nothing is expected to make room: a body may wait for a failure to be told."""


class SecondTries:
    """The failures of this update that are not reported yet.

    Attributes:
        sweep_failed: failed sweeps, with the amount of room at that time.
    """

    __slots__ = (
        "_held",
        "_room",
        "_rounds",
        "_run",
        "_states",
        "_sweeps",
        "_timer",
        "_tries",
        "_weight",
        "sweep_failed",
    )

    def __init__(self, run: Run) -> None:
        self._run = run
        self._held: dict[Component, tuple[int, int]] = {}  # the number of the round, and how much room there was
        self._tries: dict[Unit, int] = {}  # of those that are being tried again, or are held once more
        self._sweeps: dict[Component, tuple[asyncio.Future[bool], int]] = {}  # and how much room there was
        self.sweep_failed: dict[Removals, int] = {}
        self._rounds = self._room = 0
        self._states = self._weight = 0
        self._timer: asyncio.TimerHandle | None = None

    def takes(self, component: Component, error: BaseException) -> bool:
        """Hold a component that failed with `error`, if it may be tried again; return whether it is held."""
        tries = self._tries.get(component)
        if tries is None and component.failure is not None:  # it gives up
            return False
        if not self._may_hold(component, error) or (tries is not None and tries >= TRIES):
            self._tries.pop(component, None)
            return False
        if tries is None:
            component.failure = error
        self._begin()
        self._held[component] = (self._rounds, self._room)
        self._states += component.states
        self._weight += component.weight
        if self._tries:
            self._run.tasks.call_soon(self._tried)
        return True

    def note_sweep(self, removals: Removals) -> None:
        """Record a failed removal that may be tried again."""
        if not self._run.is_ready:
            self._begin()
            self.sweep_failed.setdefault(removals, self._room)

    async def has_room_for(self, component: Component, removals: Removals) -> bool:
        """Put off a component whose sweep has failed; return whether something was applied in the meantime."""
        room = self.sweep_failed.pop(removals, None)
        if component.put_off or room is None or self._run.stopping:
            return False
        future: asyncio.Future[bool] = self._run.loop.create_future()
        self._sweeps[component] = (future, room)
        component.wait_for_others()
        return await future

    def _may_hold(self, component: Component, error: BaseException) -> bool:
        run = self._run
        if component.plan is None or component.call.told is not None:  # no sink was called; a live range tries again
            return False
        if run.is_ready or run.stopping or is_a(error, TimeoutError) or is_a(error, ContainerLostError):
            return False
        return len(self._held) < MOST and self._states < MOST_STATES and self._weight < MOST_BYTES

    def again(self, tops: Collection[Component]) -> None:
        """Retry the held components among and below `tops`, or let them report their failures."""
        among = frozenset(tops)
        for component in [component for component in self._sweeps if _is_among(component, among)]:
            future, room = self._sweeps.pop(component)
            if not future.done():
                future.set_result(room < self._room)
        held = [component for component in self._held if not component.makes_room and _is_among(component, among)]
        found = [(component, *self._held.pop(component)) for component in held]
        self._states -= sum([component.states for component in held])
        self._weight -= sum([component.weight for component in held])
        exchange = _may_exchange(held) and len({number for _, number, _ in found}) > 1
        going: list[Component] = []
        for component, _, room in found:
            tries = self._tries.pop(component, 1)
            if room < self._room or (exchange and tries == 1):
                self._tries[component] = tries + 1
                going.append(component)
            else:
                component.give_up_at_last()
        if going:
            self._run.committer.add_together([*going])
        self._close_where_nothing_is_open()

    def _begin(self) -> None:
        if self._timer is None:
            self._run.committer.before_commit.append(self._look_for_room)
            self._watch()

    def close(self) -> None:
        """Stop: no more room will be made."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._run.committer.before_commit.remove(self._look_for_room)

    def _look_for_room(self, batch: Batch, done: list[Unit]) -> None:
        """Called in each round while something is held or retried."""
        self._rounds += 1
        for unit in done:
            self._room += unit.plan is not None and bool(unit.plan.shares)
            self._tries.pop(unit, None)
        self._run.tasks.call_soon(self._tried)

    def _tried(self) -> None:
        """Continue once all retried components are applied or have failed."""
        if self._tries and all(unit in self._held for unit in self._tries):  # none of them makes room any more
            self.again([component for component in self._held if component in self._tries])
        self._close_where_nothing_is_open()

    def _close_where_nothing_is_open(self) -> None:
        if not (self._held or self._tries or self._sweeps or self.sweep_failed):
            self.close()

    def _watch(self) -> None:
        self._timer = self._run.loop.call_later(PATIENCE, self._is_late, self._rounds)

    def _is_late(self, rounds: int) -> None:
        self._watch()
        if rounds == self._rounds:
            self.again([*self._held, *self._sweeps])


def _may_exchange(held: list[Component]) -> bool:
    """Return whether components that failed in different calls may succeed together, because each has what another
    one needs."""
    if not any(_has_old(component) for component in held):
        return False
    return len(held) <= ALIKE or len({words_of(component.failure) for component in held if component.failure}) > 1


def _has_old(unit: Unit) -> bool:
    """Return whether its plan concerns something that existed before."""
    plan = unit.plan
    return plan is not None and bool(plan.old and plan.shares)


def _is_among(component: Component, tops: frozenset[Component]) -> bool:
    from .component import Component

    at: object = component
    while isinstance(at, Component):
        if at in tops:
            return True
        at = at.parent
    return False
