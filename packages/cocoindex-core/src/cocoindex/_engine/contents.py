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

    def samples(self, separator: str, most: int) -> Iterator[list[str]]:
        if self._provider is None:
            return iter(())
        prefix, end = OWNER + self._provider, separator.encode()
        start = len(prefix)
        found: dict[bytes, list[bytes]] = {}
        for state_id in self._batch.stored_keys(prefix):  # there may be many
            if (at := state_id.rfind(end, start)) > 0:
                group = found.get(state_id[start:at])
                if group is None:
                    found[state_id[start:at]] = [state_id[start:]]
                elif len(group) < most:
                    group.append(state_id[start:])
        return filter(None, map(_texts, found.values()))

    def is_applied(self, key: StableKey) -> bool:
        if self._provider is None:
            return False
        state_id = owner_key(int.from_bytes(self._provider, "big"), encode_key(key))
        owner = self._batch.get(state_id)
        data = None if owner is None else self._batch.get(owner)
        entry = None if owner is None or data is None else self._states.find(data, state_id, owner.hex())
        return entry is not None and not entry.missing and entry.generation == self._generation


def _texts(encoded: list[bytes]) -> list[str]:
    keys = [decode_key(each) for each in encoded if len(each) <= LONGEST]
    return [key for key in keys if isinstance(key, str)]
