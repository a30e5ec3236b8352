"""What a plan makes of one thing that is declared as several target states: which of them acts, and who follows it.

Layer: _engine. Which ones are one thing, `physical` knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .keyspace import owner_key
from .plan import Container

if TYPE_CHECKING:
    from .._keys import StableKey
    from .._target.state import TargetStateProvider
    from .batch import Batch
    from .ownership import Ownership
    from .physical import Physical
    from .plan import Declared, Plan
    from .record import Entry
    from .stored_states import StateId, StoredStates

    Provider = TargetStateProvider[Any, Any, Any]


class Former(msgspec.Struct, frozen=True):
    """The target state whose declaration of a thing the target holds.

    Attributes:
        state_id, entry: the target state, and its stored entry.
        owner, data: the key of its owner's record, and that record.
    """

    state_id: StateId
    entry: Entry
    owner: bytes
    data: bytes


class SameThing:
    """Decides, for the plans of one batch, between several target states for one thing."""

    __slots__ = ("_batch", "_ownership", "_physical", "_states")

    def __init__(self, batch: Batch, states: StoredStates, physical: Physical, ownership: Ownership) -> None:
        self._batch = batch
        self._states = states
        self._physical = physical
        self._ownership = ownership

    @property
    def is_declared(self) -> bool:
        """Return whether anything has been declared in several ways."""
        return self._physical.are_several

    def find(self, plan: Plan, state_id: StateId, item: Declared, where: Any, *, owned: bool) -> Former | None:
        """Record the identity of a target state that is new, or changed; return the one that the target holds for the
        same thing, if that is another one.

        Args:
            owned: whether a component has it already.
            where: the path of the component that declares it, for errors.
        """
        state, row, child = item
        physical, container = self._physical, child is not None
        stands = physical.row(row.provider, state.key, container=container)
        if stands is None:
            return None
        declared = physical.declared(self._batch, stands)
        if owned and (not declared or declared[0] == state_id):
            return None
        others = self._others(declared, state_id, container=container)
        if container:
            physical.note_container(self._batch, row.provider)
        elif not owned:
            inner = None if others else physical.in_container(self._batch, row.provider, state.key, state_id)
            if inner is not None and self._is_leaf(inner):
                others = [inner]
            if row.provider.parent is None:
                physical.leaves_are_declared()
            elif not others:
                return None
        shared = plan.sharing()
        shared.owners.add(stands)  # others wait who plan something for this thing
        shared.stands[stands] = [state_id, *others]
        former = self._held(others[0], where) if others else None
        if former is None:
            return None
        shared.owners.add(former.owner)
        if container:
            shared.moved[state_id] = former.state_id
        physical.several_declare()
        return former

    def stays(self, plan: Plan, entry: Entry, provider: Provider, key: StableKey, *, dropping: bool) -> bool:
        """Return whether the thing behind a target state is also declared in another way, and so stays in the target.

        A container that stays takes with it what is tracked below it.

        Args:
            dropping: whether everything is removed: of several target states for a thing, only the first one acts.
        """
        stands = self._physical.row(provider, key, container=entry.container)
        if stands is None or not self._gives_way(plan, stands, entry, dropping=dropping):
            return False
        if entry.container:
            plan.containers.append(Container(entry.provider, entry.key, None, True, None, moved=True))
        return True

    def _gives_way(self, plan: Plan, stands: bytes, entry: Entry, *, dropping: bool) -> bool:
        """Return whether another target state has this identity; it inherits the thing."""
        state_id = owner_key(entry.provider, entry.key)
        if plan.shared is not None and stands in plan.shared.stands:
            return True
        declared = self._physical.declared(self._batch, stands)
        others = self._others(declared, state_id, container=entry.container)
        if dropping:
            return bool(others) and declared[0] != state_id
        heir = self._ownership.survivor(self._batch, self._states, others, entry)
        shared = plan.sharing()
        shared.owners.add(stands)
        if heir is None:
            shared.vacated.append(stands)
            return False
        shared.owners.add(heir.record_key)
        if declared[0] == state_id:
            shared.stands[stands] = [heir.state_id, *(other for other in others if other != heir.state_id)]
            shared.inherited[state_id] = heir
        return True

    def _others(self, declared: list[StateId], state_id: StateId, *, container: bool) -> list[StateId]:
        """Return the other target states for a thing. One of them may have become the other kind since."""
        return [other for other in declared if other != state_id and self._is_leaf(other) is not container]

    def _is_leaf(self, state_id: StateId) -> bool:
        held = self._held(state_id, state_id.hex())
        return held is not None and not held.entry.container

    def _held(self, state_id: StateId, where: Any) -> Former | None:
        """Return a target state that a component has."""
        owner = self._batch.get(state_id)
        data = None if owner is None else self._batch.get(owner)
        entry = None if data is None else self._states.find(data, state_id, where)
        return None if owner is None or data is None or entry is None else Former(state_id, entry, owner, data)
