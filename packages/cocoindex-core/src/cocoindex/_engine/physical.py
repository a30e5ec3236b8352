"""Different target states that mean the same thing, such as a file by its own path and by its folder, or a table by two
keys.

Layer: _engine. A handler may say what a target state really is (`physical_identity`). The row of that identity lists
the target states for the thing, the one whose declaration the target holds first. It stays in the target as long as one
of them is declared. Containers for one thing share what is tracked below them. Containers and leaves of root providers
have rows. Leaves in containers are found through the rows of containers (`physical_places`). They only look for another
one if there may be one: if leaves of root providers exist, or a second container, as one directory may lie in the
other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._keys import StableKey, encode_key
from .._target.state import TargetStateProvider
from .._values import hash16
from .keyspace import GENERATION, META, OWNER, PHYSICAL, PROVIDER, bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._runtime.context import ContextProvider
    from .batch import Batch
    from .facts import Facts
    from .stored_states import StateId

Provider = TargetStateProvider[Any, Any, Any]

_LEAVES, _SEVERAL = META + b"physical", META + b"physicals"


class Physical:
    """The physical identities of one app's target states.

    Attributes:
        are_several: whether one thing has been declared as different target states.
    """

    def __init__(self, facts: Facts, context: ContextProvider) -> None:
        self._facts = facts
        self._context = context
        self._leaves = facts.get(_LEAVES) is not None
        self.are_several = facts.get(_SEVERAL) is not None

    def row(self, provider: Provider, key: StableKey, *, container: bool) -> bytes | None:
        """Return the row key of a target state's identity; None if it has no known identity or cannot share it."""
        handler = provider._resolved_handler
        if not (container or provider.parent is None or self._leaves):
            return None
        identity = handler.physical_identity(key, self._context)
        return None if identity is None else _row(identity, container=container)

    def note_container(self, batch: Batch, provider: Provider) -> None:
        """Note a new container: what is in it may also be in another one, if there is one."""
        if not self._leaves and self._has_places(provider) and batch.has_any(PHYSICAL):
            self.leaves_are_declared()

    def declared(self, batch: Batch, row: bytes) -> list[StateId]:
        """Return the target states for a thing that components have; the target holds the declaration of the first."""
        return [state_id for state_id in _listed(batch.get(row) or b"") if batch.get(state_id) is not None]

    def in_container(self, batch: Batch, provider: Provider, key: StableKey, state_id: StateId) -> StateId | None:
        """Return another target state in a container that means the same thing as a leaf."""
        if not self._has_places(provider):
            return None
        for identity, inner in provider._resolved_handler.physical_places(key, self._context):
            for container in self.declared(batch, _row(identity, container=True))[:1]:
                below = self._below(batch, container)  # the same for all containers that are one thing
                found = None if below is None else OWNER + below + bounded(encode_key(inner))
                if found is not None and found != state_id and batch.get(found) is not None:
                    return found
        return None

    @staticmethod
    def _has_places(provider: Provider) -> bool:
        return getattr(provider._resolved_handler, "physical_places", None) is not None

    def write(self, batch: Batch, stands: dict[bytes, list[StateId]], moved: dict[StateId, StateId]) -> None:
        """Write the identity rows, and have containers for one thing share what is below them."""
        for row, state_ids in stands.items():
            batch.put(row, b"".join(len(state_id).to_bytes(2, "big") + state_id for state_id in state_ids))
        for state_id, former in moved.items():
            below = self._below(batch, former)
            if below is None:  # both are new: they share what is below them from the start
                below = self._facts.new_id().to_bytes(8, "big")
                batch.put(PROVIDER + former[1:], below)
                batch.put(GENERATION + below, bytes(4))
            batch.put(PROVIDER + state_id[1:], below)

    def _below(self, batch: Batch, container: StateId) -> bytes | None:
        """Return the id of the provider of what is below a container; None if it has none yet."""
        return batch.get(PROVIDER + container[1:]) or self._facts.get(PROVIDER + container[1:])

    def leaves_are_declared(self) -> None:
        """Note that leaves have rows from now on, so that leaves in containers must look for them."""
        if not self._leaves:
            self._leaves = True
            self._facts.put(_LEAVES, b"1")

    def several_declare(self) -> None:
        """Note that one thing is declared as different target states."""
        if not self.are_several:
            self.are_several = True
            self._facts.put(_SEVERAL, b"1")


def _row(identity: StableKey, *, container: bool) -> bytes:
    """Return the row key of an identity; a container and a leaf are never one thing, but one may replace the other."""
    return PHYSICAL + hash16(encode_key((identity, container)))


def _listed(data: bytes) -> Iterator[StateId]:
    while data:
        end = 2 + int.from_bytes(data[:2], "big")
        yield data[2:end]
        data = data[end:]
