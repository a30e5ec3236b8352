"""Different target states that mean the same thing, such as a file by its own path and by its folder, or a table by two
keys.

Layer: _engine. A handler may say what a target state really is (`physical_identity`). The target state that was
declared last has a row under that identity. Another one for the same thing is forgotten without being removed, and what
is tracked below a container moves to the new container. Containers and leaves of root providers have rows. Leaves in
containers are found through the rows of containers (`physical_places`). They only look for another one if there may be
one: if leaves of root providers exist, or a second container, as one directory may lie in the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._keys import StableKey, encode_key
from .._target.state import TargetStateProvider
from .._values import hash16
from .keyspace import GENERATION, META, OWNER, PHYSICAL, PROVIDER, bounded

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

    def note_container(self, batch: Batch, provider: Provider) -> None:
        """Note a new container: what is in it may also be in another one, if there is one."""
        if not self._leaves and self._has_places(provider) and batch.has_any(PHYSICAL):
            self.leaves_are_declared()

    def former(self, batch: Batch, row: bytes, state_id: StateId) -> StateId | None:
        """Return another target state for the same thing, if a component has one."""
        other = batch.get(row)
        return other if other is not None and other != state_id and batch.get(other) is not None else None

    def in_container(self, batch: Batch, provider: Provider, key: StableKey, state_id: StateId) -> StateId | None:
        """Return another target state in a container that means the same thing as a leaf."""
        if not self._has_places(provider):
            return None
        for identity, inner in provider._resolved_handler.physical_places(key, self._context):
            container = batch.get(PHYSICAL + hash16(encode_key(identity)))
            below = None if container is None else batch.get(PROVIDER + container[1:])
            if below is not None:
                found = OWNER + below + bounded(encode_key(inner))
                if found != state_id and batch.get(found) is not None:
                    return found
        return None

    @staticmethod
    def _has_places(provider: Provider) -> bool:
        return getattr(provider._resolved_handler, "physical_places", None) is not None

    def write(self, batch: Batch, stands: dict[bytes, StateId], moved: dict[StateId, StateId]) -> None:
        """Write the identity rows, and move what is below renamed containers."""
        for row, state_id in stands.items():
            batch.put(row, state_id)
        for state_id, former in moved.items():
            below = batch.get(PROVIDER + former[1:]) or self._facts.get(PROVIDER + former[1:])
            if below is None:  # both are new: they share what is below them from the start
                below = self._facts.new_id().to_bytes(8, "big")
                batch.put(PROVIDER + former[1:], below)
                batch.put(GENERATION + below, bytes(4))
            batch.put(PROVIDER + state_id[1:], below)

    def leaves_are_declared(self) -> None:
        """Note that leaves have rows from now on, so that leaves in containers must look for them."""
        if not self._leaves:
            self._leaves = True
            self._facts.put(_LEAVES, b"1")
