"""Who owns a target state that several components declare, and who inherits it. Layer: _engine.

The owner row of a target state names the component whose declaration is in the target. Another component that declares
the same target state has a *claim*, a row of its own. The owner keeps the target state as long as it declares it. When
it no longer does, a component with a claim inherits the target state, which so stays in the target. A claim becomes
ownership when its component changes its declaration: the last change wins, and nothing flips while nothing changes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from .._keys import StablePath
from . import record, stored_states
from .keyspace import CLAIM, META, claim_key

if TYPE_CHECKING:
    from .batch import Batch
    from .facts import Facts
    from .physical import Physical
    from .plan import Plan, Shared
    from .record import Entry
    from .rerun import Rerun
    from .stored_states import StateId, StoredStates

logger = logging.getLogger("cocoindex")

_MADE = META + b"claims"
_CHUNK = 64
_TOLD = 5


class Heir(msgspec.Struct, frozen=True):
    """Who inherits a target state: another component that declares it.

    Attributes:
        record_key: where its record lies.
        id: its id.
        state_id: the target state that it declares for the thing; it may be another one than the inherited.
        doubtful: if its declaration may not be what the target holds, its entry from now on, and it has to run again.
    """

    record_key: bytes
    id: bytes
    state_id: StateId
    doubtful: Entry | None


class Conflict(msgspec.Struct, frozen=True):
    """Two components that declared different values for one target state, or for one thing.

    Attributes:
        former_state: the target state of the former one if it is another one for the same thing.
    """

    path: StablePath
    former: bytes
    former_id: bytes
    owner: bytes
    former_state: StateId | None


class Ownership:
    """The claims of one app, and the conflicts found in this update."""

    def __init__(self, facts: Facts, rerun: Rerun, physical: Physical) -> None:
        self._facts = facts
        self._physical = physical
        self._rerun = rerun
        self._any = facts.get(_MADE) is not None
        self._conflicts: dict[StateId, Conflict] = {}

    def declares(self, batch: Batch, state_id: StateId, component: bytes) -> bool:
        """Return whether a component that is not the owner has a claim."""
        return self._any and batch.get(claim_key(state_id, component)) is not None

    def heir(self, batch: Batch, states: StoredStates, state_id: StateId, owner: bytes, held: Entry) -> Heir | None:
        """Return who inherits a target state that the component with the id `owner` no longer declares; `held` is
        the owner's entry."""
        if not self._any:
            return None
        for component, record_key in _claims(batch, state_id):
            data = batch.get(record_key) if component != owner else None
            if data is None or data[2:10] != component:
                continue
            theirs = states.find(data, state_id, record_key.hex())
            if theirs is not None:
                return Heir(record_key, component, state_id, _doubtful(held, theirs))
        return None

    def survivor(self, batch: Batch, states: StoredStates, state_ids: Sequence[StateId], held: Entry) -> Heir | None:
        """Return who inherits a thing that was declared as `held`: the owner of the first of these target states."""
        for state_id in state_ids:
            record_key = batch.get(state_id)
            data = None if record_key is None else batch.get(record_key)
            if record_key is None or data is None:
                continue
            theirs = states.find(data, state_id, record_key.hex())
            if theirs is not None:
                return Heir(record_key, data[2:10], state_id, _doubtful(held, theirs))
        return None

    def write(self, batch: Batch, plan: Plan, record_key: bytes, component: bytes) -> None:
        """Write the new owners and claims."""
        for state_id in plan.claimed:
            batch.put(state_id, record_key)
        if self._any:
            for state_id in plan.gone:
                batch.delete(claim_key(state_id, component))
        if (shared := plan.shared) is None:
            return
        if shared.stands:
            self._physical.write(batch, shared.stands, shared.moved)
        self._take(batch, shared, record_key, component)
        for state_id in shared.joined:
            self._claim(batch, state_id, component, record_key)
        for state_id, heir in shared.inherited.items():
            self._hand_over(batch, state_id, heir)

    @property
    def has_conflicts(self) -> bool:
        """Return whether there are conflicts to report."""
        return bool(self._conflicts)

    def tell_conflicts(self, batch: Batch) -> None:
        """Warn of target states that two components declared differently; call it when all are done."""
        if not self._conflicts:
            return
        from .stored_record import path_of  # few updates have any

        told = [
            f"{conflict.path}, by {path_of(batch, conflict.former)} and {path_of(batch, conflict.owner)}"
            for state_id, conflict in self._conflicts.items()
            if batch.get(state_id) == conflict.owner and _declares_still(batch, state_id, conflict)
        ]
        self._conflicts.clear()
        if told:
            more = f"; and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
            logger.warning(
                "components declare different values for one target state; the target contains the value that changed "
                "last (%s%s); give each its own key, or declare it in only one of them",
                "; ".join(told[:_TOLD]),
                more,
            )

    def note_conflict(
        self,
        state_id: StateId,
        path: StablePath,
        former: bytes,
        former_id: bytes,
        owner: bytes,
        former_state: StateId | None = None,
    ) -> None:
        """Record that a component declared a value that differs from the owner's."""
        self._conflicts[state_id] = Conflict(path, former, former_id, owner, former_state)

    def _take(self, batch: Batch, shared: Shared, record_key: bytes, component: bytes) -> None:
        for owner, state_ids in shared.taken.items():
            data = batch.get(owner)
            for state_id in state_ids:
                batch.put(state_id, record_key)
                if self._any:
                    batch.delete(claim_key(state_id, component))
                if data is not None and record.is_readable(data):
                    self._claim(batch, state_id, data[2:10], owner)

    def _claim(self, batch: Batch, state_id: StateId, component: bytes, record_key: bytes) -> None:
        if not self._any:
            self._any = True
            self._facts.put(_MADE, b"1")
        batch.put(claim_key(state_id, component), record_key)
        batch.claims.setdefault(state_id, []).append(component)

    def _hand_over(self, batch: Batch, state_id: StateId, heir: Heir) -> None:
        if heir.state_id == state_id:
            batch.put(state_id, heir.record_key)
            batch.delete(claim_key(state_id, heir.id))
        if heir.doubtful is None:
            return
        # The target holds the former owner's value. The heir does not trust it, runs again, and applies its own.
        data = batch.get(heir.record_key)
        if data is not None:
            stored_states.put(batch, heir.record_key, data, heir.state_id, heir.doubtful, heir.record_key.hex())
            self._rerun.mark(batch, heir.record_key)


def _doubtful(held: Entry, theirs: Entry) -> Entry | None:
    """Return the entry of an heir that cannot trust the target, which holds `held`; None if it can."""
    if held.certain and theirs.certain and held.records == theirs.records:
        return None
    return msgspec.structs.replace(theirs, records=held.records, missing=True, container=held.container)


def _declares_still(batch: Batch, state_id: StateId, conflict: Conflict) -> bool:
    if conflict.former_state is not None:
        return batch.get(conflict.former_state) == conflict.former
    return batch.get(claim_key(state_id, conflict.former_id)) is not None


def _claims(batch: Batch, state_id: StateId) -> Iterator[tuple[bytes, bytes]]:
    """Return the ids and record keys of the components with a claim on a target state, after the batch."""
    prefix = CLAIM + state_id[1:]
    for component in batch.claims.get(state_id, ()):
        if (owner := batch.get(prefix + component)) is not None:
            yield component, owner
    for key in batch.scan_stored_keys(prefix, _CHUNK):
        if (owner := batch.get(key)) is not None:
            yield key[len(prefix) :], owner
