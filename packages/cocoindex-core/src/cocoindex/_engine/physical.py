"""Target states that stand for one thing: a file by its own path and by its folder's, a table by two keys.

Layer: _engine. A handler may say what a target state really is (`physical_identity`). Which one was declared last has a
row under that identity. Another that stands for the same goes without being removed, and what is tracked below a
container goes on under the new one. Containers have rows, and leaves of root providers. Those in containers are found
through these (`physical_places`), and only ask, where there are rows of leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._keys import StableKey, encode_key
from .._target.state import TargetStateProvider
from .._values import hash16
from .keyspace import META, OWNER, PHYSICAL, PROVIDER, bounded

if TYPE_CHECKING:
    from .._runtime.context import ContextProvider
    from .batch import Batch
    from .facts import Facts
    from .stored_states import StateId

Provider = TargetStateProvider[Any, Any, Any]

_LEAVES = META + b"physical"


class Physical:
    """What target states of one app stand for."""

    def __init__(self, facts: Facts, context: ContextProvider) -> None:
        self._facts = facts
        self._context = context
        self._leaves = facts.get(_LEAVES) is not None

    def row(self, provider: Provider, key: StableKey, *, container: bool) -> bytes | None:
        """Where it is written who stands for this thing; None where that is not known, or nobody else can."""
        handler = provider._resolved_handler
        if not (container or provider.parent is None or self._leaves):
            return None
        identity = handler.physical_identity(key, self._context)
        return None if identity is None else PHYSICAL + hash16(encode_key(identity))

    def former(self, batch: Batch, row: bytes, state_id: StateId) -> StateId | None:
        """Another target state that stands for the same, where somebody has it."""
        other = batch.get(row)
        return other if other is not None and other != state_id and batch.get(other) is not None else None

    def in_container(self, batch: Batch, provider: Provider, key: StableKey) -> StateId | None:
        """The target state in some container that stands for the same as a leaf of a root provider."""
        places = getattr(provider._resolved_handler, "physical_places", None)
        for identity, inner in () if places is None else places(key, self._context):
            container = batch.get(PHYSICAL + hash16(encode_key(identity)))
            below = None if container is None else batch.get(PROVIDER + container[1:])
            if below is not None:
                state_id = OWNER + below + bounded(encode_key(inner))
                if batch.get(state_id) is not None:
                    return state_id
        return None

    def write(self, batch: Batch, stands: dict[bytes, StateId], moved: dict[StateId, StateId]) -> None:
        """Write which target states stand for what, and have those below containers go on under the new ones."""
        for row, state_id in stands.items():
            batch.put(row, state_id)
        for state_id, former in moved.items():
            below = batch.get(PROVIDER + former[1:])
            if below is not None:
                batch.put(PROVIDER + state_id[1:], below)

    def leaves_are_declared(self) -> None:
        """From now on those in containers have to ask."""
        if not self._leaves:
            self._leaves = True
            self._facts.put(_LEAVES, b"1")
