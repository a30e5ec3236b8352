"""From the ids of target providers back to their paths. Layer: _inspect."""

from __future__ import annotations

from collections.abc import Iterable

from .._engine.keyspace import PROVIDER
from .._keys import decode_key
from .._keys._render_key import render_key
from .._store import pages
from .._store.interface import AppStore
from .._values import fast_hash16
from ..errors import MalformedKeyError


class ProviderPaths:
    """The path of every provider of one app; read at once, and again where an update has made another one."""

    def __init__(self, store: AppStore) -> None:
        self._store = store
        self._places: dict[int, tuple[int, bytes]] = {}
        self._read()

    def parts(self, provider: int, key: bytes) -> list[bytes]:
        """Return the encoded parts of the path of the target state `key` of a provider."""
        parts = [key]
        met = set[int]()
        while provider and provider not in met:  # in a damaged store, a provider may be below itself
            met.add(provider)
            provider, part = self._place(provider)
            parts.append(part)
        return parts[::-1]

    def _place(self, provider: int) -> tuple[int, bytes]:
        if provider not in self._places:
            self._read()
            # What is left below a container that is gone.
            self._places.setdefault(provider, (0, b""))
        return self._places[provider]

    def _read(self) -> None:
        for key, value in pages.rows(self._store, PROVIDER):
            self._places[int.from_bytes(value, "big")] = (int.from_bytes(key[1:9], "big"), key[9:])


def readable(part: bytes) -> str:
    """Return the text of an encoded key; its bytes, where it is not kept whole or its container is gone."""
    try:
        return render_key(decode_key(part))
    except MalformedKeyError:
        return f"?{part[:32].hex()}"


def fingerprint(part: bytes) -> str:
    """Return the hash of an encoded key, as it is printed."""
    return f"#{fast_hash16(part).hex()}"


def joined(segments: Iterable[str]) -> str:
    """Return the path of these parts."""
    return "".join(f"/{segment}" for segment in segments)
