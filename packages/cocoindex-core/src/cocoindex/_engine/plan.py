"""What committing one component means: which actions, and what is remembered before and after them. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .._keys import decode_key
from .._target.reconcile import Output, is_tracked, reconcile
from .._values import NON_EXISTENCE, serialize
from ..errors import SerializationError, TargetStateError
from . import entries as stored
from .below import removals_below
from .keyspace import owner_key
from .record import Entry, Stored, as_stored, unsure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._runtime.context import ContextProvider
    from .._target.handler import Applied
    from .._target.sink import TargetActionSink
    from .._target.state import TargetState, TargetStateProvider
    from .batch import Batch
    from .entries import Ident
    from .providers import ProviderRow, ProviderTable

Declared: TypeAlias = "tuple[TargetState[Any], ProviderRow, TargetStateProvider[Any, Any, Any] | None]"
"""A target state that a component declared in this run, and the provider of what is below it."""

Share: TypeAlias = "tuple[list[Any], list[TargetStateProvider[Any, Any, Any] | None]]"
"""What one sink is to do for a component: the actions, and for each the provider of what is below."""


_NONE: list[bytes] = []
_INVALIDATIONS = (None, "destructive", "lossy")


def _encode(record: Any, state: TargetState[Any]) -> bytes:
    try:
        return serialize(record)
    except SerializationError as error:
        raise error.of(f"the tracking record of the target state {state.path}") from error


class Container(NamedTuple):
    """An action on a container: what happens to what is tracked below it.

    Attributes:
        provider, key: which container: its provider's id and its encoded key.
        child: the provider of its children, where it was declared with one in this run.
        gone: whether the container is removed.
        invalidation: what the action does to the children.
    """

    provider: int
    key: bytes
    child: TargetStateProvider[Any, Any, Any] | None
    gone: bool
    invalidation: str | None


class Plan:
    """The plan of one component.

    What has many members is in plain dicts and tuples, as this is the hottest path for components with many states.

    Attributes:
        old: what is remembered so far.
        kept: of that, what stays as it is.
        after: what is to be remembered of the others once the actions are known to be applied.
        before: what is possible until then, where that is something else than `after` or nothing.
        removed: target states of which nothing is remembered once the actions are applied.
        gone: target states that are another component's by now.
        claimed: target states that become this component's.
        adopted: those of them that were another component's, by the key of its record.
        shares: the actions, by sink.
        containers: of the actions those on containers.
        acted: the target state of each action, for sinks that report what they found out; None where it is removed.
        applied: what they reported.
        uncertain: whether something has to be looked at again in the next update.
        entries: the encoded target states of the record, where they are the same before and after.
    """

    __slots__ = (
        "acted",
        "adopted",
        "after",
        "applied",
        "before",
        "claimed",
        "containers",
        "entries",
        "gone",
        "kept",
        "old",
        "removed",
        "shares",
        "uncertain",
    )

    def __init__(self, old: dict[Ident, Entry]) -> None:
        self.old = old
        self.kept: dict[Ident, Entry] = {}
        self.after: dict[Ident, Stored] = {}
        self.before: dict[Ident, Stored] = {}
        self.removed: list[Ident] = []
        self.gone: list[Ident] = []
        self.claimed: list[Ident] = []
        self.adopted: dict[bytes, list[Ident]] = {}
        self.shares: dict[TargetActionSink[Any], Share] = {}
        self.containers: list[Container] = []
        self.acted: dict[TargetActionSink[Any], list[Ident | None]] = {}
        self.applied: dict[Ident, Applied[Any]] = {}
        self.uncertain = False
        self.entries: bytes | None = None

    @property
    def uniform(self) -> bool:
        """Whether before the actions all is as after them, but that each target state may be missing."""
        return not (self.before or self.kept or self.removed)

    @property
    def unchanged(self) -> bool:
        """Whether all is remembered as it was."""
        return not (self.after or self.removed or self.gone)

    def changes_before(self) -> dict[Ident, Stored | None]:
        """What differs from `old` until the actions are known to be applied; None for what is forgotten."""
        found: dict[Ident, Stored | None] = dict.fromkeys(self.gone)
        for ident in self.removed:
            found[ident] = self.before.get(ident) or unsure(as_stored(self.old[ident]))
        for ident, entry in self.after.items():
            found[ident] = self.before.get(ident) or unsure(entry)
        return found

    def add(self, sink: TargetActionSink[Any], action: Any) -> None:
        """Add an action that removes something."""
        share = self.shares.get(sink) or self.shares.setdefault(sink, ([], []))
        share[0].append(action)
        share[1].append(None)
        if sink.reports:
            self.acted.setdefault(sink, []).append(None)

    def take_up_reports(self) -> None:
        """Have what is to be remembered be what the sinks found out."""
        for ident, applied in self.applied.items():
            provider, key, _, *rest = self.after[ident]
            self.after[ident] = (provider, key, [serialize(applied.tracking_record)], *rest)
        for at, container in enumerate(self.containers):
            found = self.applied.get(owner_key(container.provider, container.key))
            if found is not None and found.child_invalidation is not None:
                self.containers[at] = container._replace(invalidation=found.child_invalidation)
        self.entries = None
        self.applied = {}

    def changes_after(self) -> dict[Ident, Stored | None]:
        """What differs from `old` once they are applied."""
        return {**dict.fromkeys(self.gone), **dict.fromkeys(self.removed), **self.after}


class Planner:
    """Makes the plans of one batch."""

    __slots__ = ("_batch", "_context", "_full", "_providers")

    def __init__(self, batch: Batch, providers: ProviderTable, context: ContextProvider, *, full: bool) -> None:
        self._batch = batch
        self._context = context
        self._providers = providers
        self._full = full

    def plan(
        self,
        record_key: bytes,
        data: bytes | None,
        declared: Mapping[Ident, Declared],
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
        if declared:
            owners = self._batch.find(declared.keys())
            known = self._known(plan, record_key, owners, where) if owners else {}
            self._plan_declared(plan, declared, known, owners, record_key)
        if plan.old:
            self._plan_rest(plan, record_key, declared, carried)
        return plan

    def _known(self, plan: Plan, record_key: bytes, owners: dict[Ident, bytes], where: Any) -> dict[Ident, Entry]:
        """What is remembered of declared states, here or by the component that owns them so far."""
        known: dict[Ident, Entry] = {}
        for ident, owner in owners.items():
            if owner != record_key:
                plan.adopted.setdefault(owner, []).append(ident)
            elif ident in plan.old:
                known[ident] = plan.old[ident]
        for owner, idents in plan.adopted.items():
            data = self._batch.get(owner)
            if data is not None:
                theirs = stored.load(self._batch, data, where)
                known |= {ident: theirs[ident] for ident in idents if ident in theirs}
        return known

    def _plan_declared(
        self,
        plan: Plan,
        declared: Mapping[Ident, Declared],
        known: dict[Ident, Entry],
        owners: dict[Ident, bytes],
        record_key: bytes,
    ) -> None:
        full, after, claimed = self._full, plan.after, plan.claimed
        share: Share = ([], [])
        of_sink: TargetActionSink[Any] | None = None
        for ident, (state, row, child) in declared.items():
            records, missing, settled = _NONE, True, False
            entry = known.get(ident) if known else None
            if entry is not None:
                may_be_gone = entry.missing or entry.generation != row.generation
                records, missing, settled = entry.records, may_be_gone or full, not may_be_gone and full
                if row.provider.tracks_value and child is None and not missing and is_tracked(state.value, records):
                    self._keep(plan, ident, entry, row.generation, False, owners.get(ident) == record_key)
                    continue
            owned = owners.get(ident) == record_key if owners else False
            output = reconcile(row.provider, state.key, state.value, records, missing, settled)
            if output is None:
                if entry is not None:
                    self._keep(plan, ident, entry, row.generation, child is not None, owned)
                continue
            action, sink, record, invalidation = output
            if invalidation == "destructive" and entry is not None and entry.container:
                self._plan_below(plan, row, entry, output)
            if sink is not of_sink:
                share, of_sink = plan.shares.setdefault(sink, ([], [])), sink
            share[0].append(action)
            share[1].append(child)
            if sink.reports:
                plan.acted.setdefault(sink, []).append(ident)
            if not owned:
                claimed.append(ident)
            if entry is None and child is None and record is not NON_EXISTENCE and not row.generation:
                after[ident] = (row.id, state.encoded_key, [_encode(record, state)])
            else:
                self._plan_action(plan, ident, (state, row, child), entry, missing, record, invalidation)

    def _plan_action(
        self,
        plan: Plan,
        ident: Ident,
        item: Declared,
        entry: Entry | None,
        missing: bool,
        record: Any,
        invalidation: str | None,
    ) -> None:
        """Note what is remembered around an action, in all cases but the most frequent: something new, no container."""
        state, row, child = item
        records, is_container = (_NONE, False) if entry is None else (entry.records, entry.container)
        is_container = is_container or child is not None
        gone = record is NON_EXISTENCE
        if is_container:
            if invalidation not in _INVALIDATIONS:
                raise TargetStateError(
                    f"reconcile() gave child_invalidation={invalidation!r} for the container {state.path}; it is None, "
                    "'destructive' or 'lossy'"
                )
            if entry is not None and entry.missing:  # its removal was interrupted, and may have taken what was in it
                invalidation = invalidation or "lossy"
            plan.containers.append(Container(row.id, state.encoded_key, child, gone, invalidation))
        possible = Entry(row.id, state.encoded_key, records, True, row.generation, is_container)
        if gone:
            plan.removed.append(ident)
            plan.before[ident] = as_stored(possible)
            return
        new = _encode(record, state)
        holds = Entry(row.id, state.encoded_key, [new], False, row.generation, child is not None)
        plan.after[ident] = as_stored(holds)
        if entry is not None and (records != [new] or not missing or holds.container != is_container):
            possible.missing = missing
            possible.records = records if new in records else [*records, new]
            plan.before[ident] = as_stored(possible)

    def _keep(self, plan: Plan, ident: Ident, entry: Entry, generation: int, container: bool, owned: bool) -> None:
        if owned and entry.generation == generation and entry.container == container:
            plan.kept[ident] = entry
            return
        entry.generation, entry.container = generation, container
        plan.after[ident] = plan.before[ident] = as_stored(entry)

    def _plan_rest(
        self, plan: Plan, record_key: bytes, declared: Mapping[Ident, Declared], carried: set[Ident]
    ) -> None:
        """What was declared in earlier runs and is not in this one."""
        left = {at: entry for at, entry in plan.old.items() if at not in declared} if declared else plan.old
        owners = self._batch.find(left.keys()) if left else {}
        provider = None
        row: ProviderRow | None = None
        for ident, entry in left.items():
            if ident in carried:
                plan.kept[ident] = entry
                continue
            if owners.get(ident) != record_key:
                plan.gone.append(ident)
                continue
            if entry.provider != provider:
                provider, row = entry.provider, self._providers.by_id(entry.provider)
            if row is None:
                plan.kept[ident] = entry
                plan.uncertain = True
                continue
            plan.removed.append(ident)
            missing = entry.missing or entry.generation != row.generation
            output = reconcile(row.provider, decode_key(entry.key), NON_EXISTENCE, entry.records, missing)
            if output is not None:
                if entry.container:
                    self._plan_below(plan, row, entry, output)
                plan.add(output.sink, output.action)
                if entry.container:
                    plan.containers.append(Container(entry.provider, entry.key, None, True, output.child_invalidation))

    def _plan_below(self, plan: Plan, row: ProviderRow, entry: Entry, output: Output) -> None:
        """Remove what is tracked below a container ahead of it, where its handler says so."""
        if row.provider.removes_children_first:
            for sink, action in removals_below(self._batch, self._context, row.provider, entry, output):
                plan.add(sink, action)
