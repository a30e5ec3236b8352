"""Different target states that mean the same thing, such as a file by its own path and by its folder, or a table by two
keys.

Layer: _engine. A handler may say what a target state really is (`physical_identity`). The target state that was
declared last has a row under that identity. Another one for the same thing is forgotten without being removed, and what
is tracked below a container moves to the new container. Containers and leaves of root providers have rows. Leaves in
containers are found through the rows of containers (`physical_places`), and only look there if rows of leaves exist.
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
    """The physical identities of one app's target states."""

    def __init__(self, facts: Facts, context: ContextProvider) -> None:
        self._facts = facts
        self._context = context
        self._leaves = facts.get(_LEAVES) is not None

    def row(self, provider: Provider, key: StableKey, *, container: bool) -> bytes | None:
        """Return the row key of a target state's identity; None if it has no known identity or cannot share it."""
        handler = provider._resolved_handler
        if not (container or provider.parent is None or self._leaves):
            return None
        identity = handler.physical_identity(key, self._context)
        return None if identity is None else PHYSICAL + hash16(encode_key(identity))

    def former(self, batch: Batch, row: bytes, state_id: StateId) -> StateId | None:
        """Return another target state for the same thing, if a component has one."""
        other = batch.get(row)
        return other if other is not None and other != state_id and batch.get(other) is not None else None

    def in_container(self, batch: Batch, provider: Provider, key: StableKey) -> StateId | None:
        """Return the target state in a container that means the same thing as a leaf of a root provider."""
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
        """Write the identity rows, and move what is below renamed containers."""
        for row, state_id in stands.items():
            batch.put(row, state_id)
        for state_id, former in moved.items():
            below = batch.get(PROVIDER + former[1:])
            if below is not None:
                batch.put(PROVIDER + state_id[1:], below)

    def leaves_are_declared(self) -> None:
        """Note that leaves have rows from now on, so that leaves in containers must look for them."""
        if not self._leaves:
            self._leaves = True
            self._facts.put(_LEAVES, b"1")
