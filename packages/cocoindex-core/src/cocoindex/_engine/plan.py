"""What committing one component means: which actions, and which records before and after them. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._keys import decode_key
from .._target.reconcile import Outcome, reconcile, removal
from . import entries as stored
from .entries import Ident
from .keyspace import owner_key
from .record import Entry

if TYPE_CHECKING:
    from .._target.state import TargetState, TargetStateProvider
    from .batch import Batch
    from .providers import ProviderRow, ProviderTable


class Declared:
    """A target state that a component declared in this run."""

    __slots__ = ("child", "owner_key", "row", "state")

    def __init__(
        self, state: TargetState[Any], row: ProviderRow, child: TargetStateProvider[Any, Any, Any] | None
    ) -> None:
        self.state = state
        self.row = row
        self.child = child
        self.owner_key = b""


class Step:
    """One action: what is possible before it is known to be applied, and what holds after."""

    __slots__ = ("after", "before", "child", "ident", "outcome", "owner_key")

    def __init__(
        self,
        ident: Ident,
        key: bytes,
        outcome: Outcome,
        before: Entry,
        after: Entry | None,
        child: TargetStateProvider[Any, Any, Any] | None = None,
    ) -> None:
        self.ident = ident
        self.owner_key = key
        self.outcome = outcome
        self.before = before
        self.after = after
        self.child = child


class Plan:
    """The plan of one component.

    Attributes:
        kept: target states that stay as they are remembered.
        steps: the actions.
        gone: target states to be forgotten without an action.
        adopted: target states that were another component's: its record's key, and which.
        uncertain: whether something has to be looked at again in the next update.
        containers: whether one of the actions is a container's.
    """

    __slots__ = ("adopted", "containers", "gone", "kept", "old", "steps", "uncertain")

    def __init__(self, old: dict[Ident, Entry]) -> None:
        self.old = old
        self.kept: dict[Ident, Entry] = {}
        self.steps: list[Step] = []
        self.gone: list[Ident] = []
        self.adopted: dict[bytes, list[Ident]] = {}
        self.uncertain = False
        self.containers = False

    @property
    def changed(self) -> list[Ident]:
        """The target states of which something else is to be remembered than so far."""
        found = [step.ident for step in self.steps] + self.gone
        for idents in self.adopted.values():
            found += idents
        return found

    def add(self, step: Step) -> None:
        self.steps.append(step)
        if step.before.container:
            self.containers = True

    def before(self) -> dict[Ident, Entry]:
        """What is possible until the actions are known to be applied."""
        return self.kept | {step.ident: step.before for step in self.steps}

    def after(self) -> dict[Ident, Entry]:
        """What holds once they are applied."""
        return self.kept | {step.ident: step.after for step in self.steps if step.after is not None}


class Planner:
    """Makes the plans of one batch."""

    __slots__ = ("_batch", "_full", "_providers")

    def __init__(self, batch: Batch, providers: ProviderTable, *, full: bool) -> None:
        self._batch = batch
        self._providers = providers
        self._full = full

    def plan(
        self,
        record_key: bytes,
        data: bytes | None,
        declared: dict[Ident, Declared],
        carried: set[Ident],
        where: Any,
    ) -> Plan:
        """The plan of the component whose record is `data` and lies under `record_key`.

        Args:
            declared: the target states that it declared; none for a component that is to be removed.
            carried: those that memoized calls declared in an earlier run.
            where: its path, for errors.
        """
        plan = Plan(stored.load(self._batch, data, where) if data is not None else {})
        left = dict(plan.old)
        adopted = self._adopt(plan, record_key, left, declared, where)
        for ident, item in declared.items():
            entry = adopted.get(ident) if adopted else None
            self._plan_declared(plan, ident, item, entry or left.pop(ident, None))
        for ident, entry in left.items():
            if ident in carried:
                plan.kept[ident] = entry
                continue
            key = owner_key(*ident)
            if self._batch.get(key) != record_key:
                plan.gone.append(ident)
            else:
                self._plan_removal(plan, ident, key, entry)
        return plan

    def _adopt(
        self, plan: Plan, record_key: bytes, left: dict[Ident, Entry], declared: dict[Ident, Declared], where: Any
    ) -> dict[Ident, Entry] | None:
        """What is remembered of declared states that another component owns so far."""
        for ident, item in declared.items():
            item.owner_key = key = owner_key(*ident)
            owner = self._batch.get(key)
            if owner == record_key:
                continue
            left.pop(ident, None)
            if owner is not None:
                plan.adopted.setdefault(owner, []).append(ident)
        if not plan.adopted:
            return None
        found: dict[Ident, Entry] = {}
        for owner, idents in plan.adopted.items():
            data = self._batch.get(owner)
            if data is not None:
                theirs = stored.load(self._batch, data, where)
                found |= {ident: theirs[ident] for ident in idents if ident in theirs}
        return found

    def _plan_declared(self, plan: Plan, ident: Ident, item: Declared, entry: Entry | None) -> None:
        row, state = item.row, item.state
        missing = entry is None or entry.missing or self._full or entry.generation != row.generation
        records = [] if entry is None else entry.records
        outcome = reconcile(row.provider, state.key, state.value, records, missing)
        container = item.child is not None
        if outcome is None:
            if entry is not None:
                entry.generation = row.generation
                entry.container = container
                plan.kept[ident] = entry
            return
        after = None
        if outcome.record is not None:
            after = Entry(*ident, [outcome.record], False, row.generation, container)
        new = [] if after is None or outcome.record in records else after.records
        was_container = entry is not None and entry.container
        before = Entry(*ident, [*records, *new], missing or after is None, row.generation, container or was_container)
        plan.add(Step(ident, item.owner_key, outcome, before, after, item.child))

    def _plan_removal(self, plan: Plan, ident: Ident, key: bytes, entry: Entry) -> None:
        row = self._providers.by_id(ident[0])
        if row is None:
            plan.kept[ident] = entry
            plan.uncertain = True
            return
        outcome = removal(row.provider, decode_key(entry.key), entry.records, entry.missing)
        if outcome is None:
            plan.gone.append(ident)
            return
        before = Entry(*ident, entry.records, True, entry.generation, entry.container)
        plan.add(Step(ident, key, outcome, before, None))
