"""From the ids of target providers back to their paths. Layer: _inspect."""

from __future__ import annotations

from .._engine.keyspace import PROVIDER
from .._keys import decode_key
from .._keys._render_key import render_key
from .._store import AppStore
from .._values import fast_hash16
from ..errors import MalformedKeyError

_CHUNK = 1024


class ProviderPaths:
    """The readable and the hashed path of every provider of one app; read once."""

    def __init__(self, store: AppStore) -> None:
        self._places: dict[int, tuple[int, bytes]] = {}
        after: bytes | None = None
        while rows := store.scan(PROVIDER, after=after, limit=_CHUNK):
            for key, value in rows:
                self._places[int.from_bytes(value, "big")] = (int.from_bytes(key[1:9], "big"), key[9:])
            after = rows[-1][0]

    def segments(self, provider: int, key: bytes) -> list[str]:
        """Return the path of the target state `key` of a provider, a readable text for each part."""
        return [_readable(part) for part in self._parts(provider, key)]

    def fingerprints(self, provider: int, key: bytes) -> list[str]:
        """Return the path of the target state `key` of a provider, a hash for each part."""
        return [f"#{fast_hash16(part).hex()}" for part in self._parts(provider, key)]

    def _parts(self, provider: int, key: bytes) -> list[bytes]:
        parts = [key]
        while provider:
            provider, part = self._places.get(provider, (0, b""))
            parts.append(part)
        return parts[::-1]


def _readable(encoded: bytes) -> str:
    """The text of a key; its bytes, where it is not kept whole or its container is gone."""
    try:
        return render_key(decode_key(encoded))
    except MalformedKeyError:
        return f"?{encoded[:32].hex()}"
