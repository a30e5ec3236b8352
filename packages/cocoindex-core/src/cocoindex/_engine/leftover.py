"""What a component no longer declares, in a container that was unknown when the component was committed.

Layer: _engine. Its container may be declared by a component that runs later, or that is skipped. So it is removed when
everything else has run, like removals that wait for their container.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import stored_states
from .plan import Plan
from .removal import Removal, Removals

if TYPE_CHECKING:
    from .batch import Batch
    from .component import Component
    from .planner import Planner


class Leftover(Removal):
    """The removal of these target states of a component; then the component can be skipped."""

    __slots__ = ("_component", "_left")

    def __init__(self, component: Component) -> None:
        plan, record = component.plan, component.record
        assert plan is not None and record.data is not None
        removals = Removals(component.run, component.call.board, component.call.handlers)
        super().__init__(removals, None, component.parent, record.key, record.data)
        self.plan = plan
        self._left = frozenset(plan.left)
        self._component = component if component.call.processor.memo and component.outcome.ok else None

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        if batch.get(self.record_key) != self.data:  # the component was run again, or removed
            self._void = True
            return Plan({})
        others = stored_states.load(batch, self.data, self).keys() - self._left
        return planner.plan(self.record_key, self.data, {}, others, self)

    def write_ahead(self, batch: Batch) -> None:
        assert self.plan is not None
        self._write_owners(batch, self.plan)
        self._write(batch, self.plan, self.plan.changes_before())

    def _write_rest(self, batch: Batch, plan: Plan) -> None:
        self._write(batch, plan, plan.changes_after())
        if self._component is not None and not plan.uncertain:  # otherwise the next update runs it, and tries again
            self._component.record.write_memo(batch, self.removals.run.rerun, self._component)

    def finish(self, error: BaseException | None) -> None:
        if error is not None and not self.final:
            self.removals.run.postponed.append(self)
            self.removals.settled()
        elif error is not None:
            self._fail(error)
        else:
            self.removals.settled()
