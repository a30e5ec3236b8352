"""What is tracked in a container, for the sink that acts on it. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._keys import StableKey, decode_key, encode_key
from .keyspace import GENERATION, LONGEST, OWNER, owner_key, provider_key
from .stored_states import StoredStates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .batch import Batch


class StoredContents:
    """A `Contents` that reads the store when it is asked.

    Args:
        batch: an empty one.
        provider: the id of the container's provider.
        key: the container's encoded key.
    """

    __slots__ = ("_batch", "_generation", "_provider", "_states")

    def __init__(self, batch: Batch, provider: int, key: bytes) -> None:
        self._batch = batch
        self._provider = batch.get(provider_key(provider, key))
        stored = None if self._provider is None else batch.get(GENERATION + self._provider)
        self._generation = int.from_bytes(stored or bytes(4), "big")
        self._states = StoredStates(batch)

    def __iter__(self) -> Iterator[StableKey]:
        if self._provider is None:
            return
        prefix = OWNER + self._provider
        for state_id in self._batch.scan_stored_keys(prefix):
            encoded = state_id[len(prefix) :]
            if len(encoded) <= LONGEST:
                yield decode_key(encoded)

    def is_applied(self, key: StableKey) -> bool:
        if self._provider is None:
            return False
        state_id = owner_key(int.from_bytes(self._provider, "big"), encode_key(key))
        owner = self._batch.get(state_id)
        data = None if owner is None else self._batch.get(owner)
        entry = None if owner is None or data is None else self._states.find(data, state_id, owner.hex())
        return entry is not None and not entry.missing and entry.generation == self._generation
