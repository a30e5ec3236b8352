"""Creates plans: compares what a component declared with what is stored. It writes nothing. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._keys import StableKey, decode_key
from .._target.reconcile import INVALIDATIONS, Output, encode_record, is_tracked, reconcile
from .._values import NON_EXISTENCE
from ..errors import TargetStateError
from . import stored_states
from .contents import StoredContents
from .plan import Container, Declared, Plan, Share
from .record import Entry, as_stored
from .same_thing import SameThing
from .stored_states import StoredStates

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from .._runtime.context import ContextProvider
    from .._target.sink import TargetActionSink
    from .._target.state import TargetState, TargetStateProvider
    from .batch import Batch
    from .full_reprocess import FullReprocess
    from .ownership import Heir, Ownership
    from .physical import Physical
    from .providers import ProviderRow, ProviderTable
    from .stored_states import StateId

    Provider = TargetStateProvider[Any, Any, Any]

_NONE: list[bytes] = []


class Planner:
    """Creates the plans of one batch."""

    __slots__ = ("_batch", "_context", "_full", "_ownership", "_providers", "_same_thing", "_states")

    def __init__(
        self,
        batch: Batch,
        providers: ProviderTable,
        ownership: Ownership,
        physical: Physical,
        context: ContextProvider,
        *,
        full: FullReprocess | None,
    ) -> None:
        self._batch = batch
        self._context = context
        self._providers = providers
        self._ownership = ownership
        self._full = full
        self._states = StoredStates(batch)
        self._same_thing = SameThing(batch, self._states, physical, ownership)

    def plan(
        self,
        record_key: bytes,
        data: bytes | None,
        declared: Mapping[StateId, Declared],
        carried: Set[StateId],
        where: Any,
    ) -> Plan:
        """Return the plan of the component with the record `data` at `record_key`.

        Removals come first, because something new may need their place: a folder the name of a file, a row a unique
        value.

        Args:
            declared: the target states that it declared; none for a removal.
            carried: target states that memoized calls declared in an earlier run.
            where: its path, for errors.
        """
        plan = Plan(stored_states.load(self._batch, data, where) if data is not None else {})
        if self._providers.lost and declared:
            declared = self._with_present_rows(plan, declared)
        if declared:
            self._plan_declared(plan, declared, record_key, data, where)
        if plan.old and not plan.old.keys() <= declared.keys():
            comes = plan.set_aside()
            self._plan_rest(plan, record_key, data[2:10] if data is not None else b"", declared, carried)
            plan.add_all(comes)
        return plan

    def plan_everything_gone(self, record_key: bytes, data: bytes, where: Any) -> Plan:
        """Return the plan of a component that is removed together with all others, so that nobody inherits anything."""
        plan = Plan(stored_states.load(self._batch, data, where))
        if plan.old:
            self._plan_rest(plan, record_key, b"", {}, set())
        return plan

    def _plan_declared(
        self, plan: Plan, declared: Mapping[StateId, Declared], record_key: bytes, data: bytes | None, where: Any
    ) -> None:
        owners = self._batch.find(declared.keys())
        old = plan.old
        full, after, claimed = self._is_due(data), plan.after, plan.claimed
        share: Share = ([], [])
        of_sink: TargetActionSink[Any] | None = None
        owner: bytes | None = None
        for state_id, item in declared.items():
            state, row, child = item
            records, missing, settled, entry = _NONE, True, False, None
            if owners and (owner := owners.get(state_id)) is not None:
                if owner != record_key:
                    self._plan_shared(plan, state_id, item, owner, record_key, data, where)
                    continue
                entry = old.get(state_id)
                if entry is not None:
                    may_be_gone = entry.missing or entry.generation != row.generation
                    records, missing, settled = entry.records, may_be_gone or full, not may_be_gone and full
                    if (
                        row.provider._tracks_value
                        and child is None
                        and not missing
                        and is_tracked(state.value, records)
                    ):
                        _keep(plan, state_id, entry, row.generation, container=False)
                        continue
            if (
                entry is None
                and row.provider._has_identity
                and self._plan_moved(plan, state_id, item, record_key, where)
            ):
                continue
            output = reconcile(row.provider, state.key, state.value, records, missing, settled)
            if output is None:
                if entry is not None:
                    _keep(plan, state_id, entry, row.generation, container=child is not None)
                continue
            if (
                entry is not None
                and self._same_thing.is_declared
                and row.provider._has_identity
                and (missing or child is None or not _says_the_same(output, entry, state))
                and self._plan_moved(plan, state_id, item, record_key, where, owned=True)
            ):
                continue
            action, sink, record, invalidation = output
            if invalidation == "destructive" and entry is not None and entry.container:
                self._plan_below(plan, row, entry, output)
            if child is not None and entry is not None and row.provider._takes_contents:
                contents = StoredContents(self._batch.another(), row.id, state._encoded_key)
                action = row.provider.handler().with_contents(action, contents)  # type: ignore[attr-defined]  # optional
            if sink is not of_sink:
                share, of_sink = plan.shares.setdefault(sink, ([], [])), sink
                if row.seen is not sink:
                    row.acts_through(sink)
            share[0].append(action)
            share[1].append(child)
            if sink._reports:
                plan.note_acted(sink, (state_id, state))
            if owner is None:
                claimed.append(state_id)
            if entry is None and child is None and record is not NON_EXISTENCE and not row.generation:
                after[state_id] = (row.id, state._encoded_key, [encode_record(record, state)])
            else:
                _plan_action(plan, state_id, item, entry, missing, record, invalidation)

    def _with_present_rows(self, plan: Plan, declared: Mapping[StateId, Declared]) -> Mapping[StateId, Declared]:
        """Return what was declared, as containers are now that lost their contents after something was declared in
        them; without the items of those that were made anew, which must be declared again."""
        lost = self._providers.lost
        if all(row.dependency not in lost for _, row, _ in declared.values()):
            return declared
        found: dict[StateId, Declared] = {}
        for state_id, (state, row, child) in declared.items():
            present = self._providers.current(row.provider, self._batch) if row.dependency in lost else row
            plan.outdated = plan.outdated or present is None or present.id != row.id
            if present is not None and (present.id == row.id or child is not None):
                found[present.prefix + state_id[len(row.prefix) :]] = (state, present, child)
            elif child is not None:
                raise TargetStateError(
                    f"the container {state.path} cannot be applied, because the one that it is in was removed or made "
                    "anew since it was declared; update again"
                )
        return found

    def _is_due(self, data: bytes | None) -> bool:
        return self._full is not None and self._full.is_due(data)

    def _plan_shared(
        self,
        plan: Plan,
        state_id: StateId,
        item: Declared,
        owner: bytes,
        record_key: bytes,
        own: bytes | None,
        where: Any,
    ) -> None:
        """Plan a target state owned by another component: leave it there if this component's declaration is
        unchanged or equal to the target's content; otherwise take it over."""
        state, row, child = item
        data = self._batch.get(owner)
        theirs = None if data is None else self._states.find(data, state_id, where)
        plan.sharing().owners.add(owner)
        full = self._is_due(own) or self._is_due(data)
        # An entry without a claim is from a time when another component decided about the target.
        component = b"" if own is None else own[2:10]
        mine = plan.old.get(state_id) if self._ownership.declares(self._batch, state_id, component) else None
        # A container that may not be there as it is declared is needed now: others are about to fill it.
        is_there = child is None or theirs is None or (theirs.certain and theirs.container)
        for base in (mine, theirs) if is_there else ():
            if base is None or not base.certain or base.generation != row.generation or full:
                continue
            output = reconcile(row.provider, state.key, state.value, base.records, False)
            if output is None or _says_the_same(output, base, state):
                self._join(plan, state_id, item, base, output, mine)
                return
        records, missing = (_NONE, True) if theirs is None else (theirs.records, theirs.missing or full)
        if (
            self._same_thing.is_declared
            and row.provider._has_identity
            and self._plan_moved(plan, state_id, item, record_key, where, owned=True)
        ):
            plan.sharing().taken.setdefault(owner, []).append(state_id)
            return
        missing = missing or (theirs is not None and theirs.generation != row.generation)
        settled = missing and theirs is not None and not theirs.missing and theirs.generation == row.generation
        output = reconcile(row.provider, state.key, state.value, records, missing, settled)
        if output is None:
            if theirs is not None:
                self._join(plan, state_id, item, theirs, None, mine)
            return
        if output.child_invalidation == "destructive" and theirs is not None and theirs.container:
            self._plan_below(plan, row, theirs, output)
        plan.add(output.sink, output.action, state_id, item)
        plan.sharing().taken.setdefault(owner, []).append(state_id)
        _plan_action(plan, state_id, item, theirs, missing, output.tracking_record, output.child_invalidation)
        if data is not None and theirs is not None and not _says_the_same(output, theirs, state):
            self._ownership.note_conflict(state_id, state.path, owner, data[2:10], record_key)

    def _join(
        self, plan: Plan, state_id: StateId, item: Declared, base: Entry, output: Output | None, mine: Entry | None
    ) -> None:
        """Declare a target state together with its owner."""
        _, row, child = item
        if output is not None:  # a container has an action in each run, whoever declares it
            plan.add(output.sink, output.action, state_id, item)
        if mine is None:
            plan.sharing().joined.append(state_id)
        container = child is not None
        if mine is not None and mine.container == container and mine.generation == row.generation and base is mine:
            plan.kept[state_id] = mine
            return
        entry = Entry(base.provider, base.key, base.records, base.missing, row.generation, container)
        plan.after[state_id] = as_stored(entry)
        if mine is not None:
            # If this component fails, its stored calls are those of the run that declared its present entries.
            plan.before[state_id] = as_stored(mine)

    def _plan_moved(
        self, plan: Plan, state_id: StateId, item: Declared, record_key: bytes, where: Any, *, owned: bool = False
    ) -> bool:
        """Plan a target state that is new, or changed, if the target holds the declaration of another one for the
        same thing; return whether it does.

        Args:
            owned: whether a component has it already.
        """
        former = self._same_thing.find(plan, state_id, item, where, owned=owned)
        if former is None:
            return False
        state, row, child = item
        theirs = former.entry
        missing = theirs.missing or self._is_due(former.data)
        output = reconcile(
            row.provider, state.key, state.value, theirs.records, missing, missing and not theirs.missing
        )
        if not owned:
            plan.claimed.append(state_id)
        if output is None:
            entry = Entry(row.id, state._encoded_key, theirs.records, theirs.missing, row.generation, child is not None)
            plan.after[state_id] = plan.before[state_id] = as_stored(entry)
            return True
        if output.child_invalidation == "destructive" and theirs.container:
            self._plan_below(plan, row, theirs, output)
        plan.add(output.sink, output.action, state_id, item)
        _plan_action(plan, state_id, item, theirs, missing, output.tracking_record, output.child_invalidation)
        if former.owner != record_key and not _says_the_same(output, theirs, state):
            self._ownership.note_conflict(
                state_id, state.path, former.owner, former.data[2:10], record_key, former.state_id
            )
        return True

    def _plan_rest(
        self,
        plan: Plan,
        record_key: bytes,
        component: bytes,
        declared: Mapping[StateId, Declared],
        carried: Set[StateId],
    ) -> None:
        """Plan what earlier runs declared and this one did not; nobody inherits if `component` is empty."""
        left = {at: entry for at, entry in plan.old.items() if at not in declared} if declared else plan.old
        owners = self._batch.find(left.keys()) if left else {}
        provider = None
        row: ProviderRow | None = None
        share: Share = ([], [])
        of_sink: TargetActionSink[Any] | None = None
        dropping = not component
        for state_id, entry in left.items():
            owner = owners.get(state_id)
            if state_id in carried and owner is not None:
                plan.kept[state_id] = entry
                continue
            if owner != record_key:
                plan.gone.append(state_id)
                # What a hit carried over is gone: the call must be made.
                plan.uncertain = plan.uncertain or state_id in carried
                continue
            heir = self._heir(state_id, component, entry) if component else None
            if heir is not None:
                plan.gone.append(state_id)
                plan.sharing().inherited[state_id] = heir
                plan.sharing().owners.add(heir.record_key)
                continue
            if entry.provider != provider:
                provider, row, of_sink = entry.provider, self._providers.by_id(entry.provider), None
            if row is None:
                plan.kept[state_id] = entry
                plan.left.append(state_id)
                plan.uncertain = True
                continue
            plan.removed.append(state_id)
            key = decode_key(entry.key)
            if row.provider._has_identity and self._same_thing.stays(plan, entry, row.provider, key, dropping=dropping):
                continue
            missing = entry.missing or entry.generation != row.generation
            output = reconcile(row.provider, key, NON_EXISTENCE, entry.records, missing)
            if output is not None:
                action, sink, _, invalidation = output
                if entry.container:
                    self._plan_below(plan, row, entry, output, dropping=dropping)
                if sink is not of_sink:
                    share, of_sink = plan.shares.setdefault(sink, ([], [])), sink
                    if row.seen is not sink:
                        row.acts_through(sink)
                share[0].append(action)
                share[1].append(None)
                if sink._reports:
                    plan.note_acted(sink, None)
                if entry.container:
                    plan.containers.append(Container(entry.provider, entry.key, None, True, invalidation))

    def _plan_below(
        self, plan: Plan, row: ProviderRow, entry: Entry, output: Output, *, dropping: bool = False
    ) -> None:
        """Remove what is tracked below a container before the container, if its handler requires that."""
        if row.provider._removes_children_first:
            from .below import removals_below  # most updates remove no container

            def gives_way(entry: Entry, provider: Provider, key: StableKey) -> bool:
                return self._same_thing.stays(plan, entry, provider, key, dropping=dropping)

            for sink, action in removals_below(self._batch, self._context, gives_way, row.provider, entry, output):
                plan.add(sink, action)

    def _heir(self, state_id: StateId, component: bytes, entry: Entry) -> Heir | None:
        return self._ownership.heir(self._batch, self._states, state_id, component, entry)


def _keep(plan: Plan, state_id: StateId, entry: Entry, generation: int, *, container: bool) -> None:
    if entry.generation == generation and entry.container == container:
        plan.kept[state_id] = entry
        return
    entry.generation, entry.container = generation, container
    plan.after[state_id] = plan.before[state_id] = as_stored(entry)


def _plan_action(
    plan: Plan,
    state_id: StateId,
    item: Declared,
    entry: Entry | None,
    missing: bool,
    record: Any,
    invalidation: str | None,
) -> None:
    """Record the entries before and after an action, in all cases except the most frequent one (new, and not a
    container)."""
    state, row, child = item
    records, is_container = (_NONE, False) if entry is None else (entry.records, entry.container)
    is_container = is_container or child is not None
    gone = record is NON_EXISTENCE
    if is_container:
        if invalidation not in INVALIDATIONS:
            raise TargetStateError(
                f"reconcile() gave child_invalidation={invalidation!r} for the container {state.path}; it is None, "
                "'destructive' or 'lossy'"
            )
        if entry is not None and entry.missing:  # its removal was interrupted, and may have removed its contents
            invalidation = invalidation or "lossy"
        plan.containers.append(Container(row.id, state._encoded_key, child, gone, invalidation))
    possible = Entry(row.id, state._encoded_key, records, True, row.generation, is_container)
    if gone:
        plan.removed.append(state_id)
        plan.before[state_id] = as_stored(possible)
        return
    new = encode_record(record, state)
    holds = Entry(row.id, state._encoded_key, [new], False, row.generation, child is not None)
    plan.after[state_id] = as_stored(holds)
    if entry is not None and (records != [new] or not missing or holds.container != is_container):
        # An action in flight leaves nothing certain, not even with equal entries.
        possible.missing = missing or (new in records and not is_container)
        possible.records = records if new in records else [*records, new]
        plan.before[state_id] = as_stored(possible)


def _says_the_same(output: Output, entry: Entry, state: TargetState[Any]) -> bool:
    """Return whether an action leaves the target as it is stored."""
    record = output.tracking_record
    return (
        output.child_invalidation is None
        and record is not NON_EXISTENCE
        and entry.records == [encode_record(record, state)]
    )
