"""App-wide facts in the store: assigned ids, function names, an unfinished drop. Layer: _engine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cocoindex._shown import shown

from .._store import pages
from ..errors import StoreCorruptedError
from .keyspace import DONE, META, NAME, NO_PARENT, PROVIDER

if TYPE_CHECKING:
    from .._store.interface import AppStore
    from .batch import Batch

_NEXT_ID = META + b"next_id"
_DROPPING = META + b"dropping"
_REPROCESSING = META + b"reprocessing"
_DEPS_GROWTH = META + b"deps_growth"
_RESERVED = 4096
_LARGEST = (1 << 64) - 1

LEAST_GROWTH = 256 * 1024
"""So many bytes of sets of dependencies may be added, in a store of any size, until one looks for those without use."""

UNKNOWN_NAME = "?"
"""Stands for a function's name that was not stored when the facts were read."""


class Facts:
    """The ids, names and marks of one app. New ones are written with the next batch, before or with their first use."""

    def __init__(self, store: AppStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._limit = self._next = _number(store, _NEXT_ID) or 1
        self._names: dict[str, int] = {}
        self._names_by_id: dict[int, str] = {}
        for key, value in pages.rows(store, NAME):
            self._add_name(int.from_bytes(key[1:], "big"), _readable(value))
        growth = _number(store, _DEPS_GROWTH, size=16)
        self._deps_limit, self._deps_added = growth >> 64, growth & _LARGEST
        self._unwritten: dict[bytes, bytes] = {}

    def new_id(self) -> int:
        """Return a new id. Ids are reserved in blocks, so a crash loses some but never repeats one."""
        with self._lock:
            if self._next == self._limit:
                self._limit += _RESERVED
                self._unwritten[_NEXT_ID] = self._limit.to_bytes(8, "big")
            self._next += 1
            return self._next - 1

    def name_id(self, name: str) -> int:
        """Return the id of a function's name."""
        known = self._names.get(name)
        if known is not None:
            return known
        with self._lock:
            if name in self._names:  # another thread was faster
                return self._names[name]
            number = len(self._names_by_id)
            while number in self._names_by_id:
                number += 1
            self._unwritten[NAME + number.to_bytes(4, "big")] = name.encode("utf-8", "surrogatepass")
            self._add_name(number, name)
            return number

    def name(self, number: int) -> str:
        return self._names_by_id.get(number, UNKNOWN_NAME)

    def put(self, key: bytes, value: bytes) -> None:
        """Write `key` with the next batch."""
        with self._lock:
            self._unwritten[key] = value

    def get(self, key: bytes) -> bytes | None:
        """Return the value of `key`, including unwritten ones."""
        value = self._unwritten.get(key)
        return value if value is not None else self._store.get(key)

    def write(self, batch: Batch) -> None:
        """Add unwritten facts to `batch`."""
        if self._unwritten:
            with self._lock:
                fresh, self._unwritten = self._unwritten, {}
            for key, value in fresh.items():
                batch.put(key, value)

    def root_provider_keys(self) -> list[bytes]:
        """Return the encoded names of the root providers in the store."""
        prefix = PROVIDER + NO_PARENT
        return [key[len(prefix) :] for key in pages.keys(self._store, prefix)]

    def put_deps(self, key: bytes, data: bytes) -> None:
        """Write a set of dependencies with the next batch, and count its bytes."""
        with self._lock:
            self._unwritten[key] = data
            self._deps_added += len(key) + len(data)
            self._unwritten[_DEPS_GROWTH] = _growth(self._deps_limit, self._deps_added)

    def deps_are_many(self) -> bool:
        """Return whether it is time to collect unreferenced sets."""
        return self._deps_added > max(self._deps_limit, LEAST_GROWTH)

    def deps_looked_for(self) -> None:
        """Restart the count of added bytes at the begin of a collection."""
        with self._lock:
            self._deps_added = 0

    def deps_limited(self, batch: Batch, *, limit: int) -> None:
        """Set how many bytes may be added after `deps_looked_for` before the next collection."""
        with self._lock:
            self._deps_limit = limit
            batch.put(_DEPS_GROWTH, _growth(limit, self._deps_added))

    def deps_collected(self, batch: Batch, *, limit: int) -> None:
        """Note that only used sets are left; `limit` bytes may be added before the next collection."""
        with self._lock:
            self._deps_limit, self._deps_added = limit, 0
            batch.put(_DEPS_GROWTH, _growth(limit, 0))

    def mark_dropping(self) -> None:
        """Write durably that a drop has begun."""
        self._store.apply({_DROPPING: b"1", _REPROCESSING: None}, [DONE])

    def is_dropping(self) -> bool:
        """Return whether a drop was begun and not completed."""
        return self._store.get(_DROPPING) is not None

    def clear_dropping(self, batch: Batch) -> None:
        if self.is_dropping():
            batch.delete(_DROPPING)

    def mark_reprocessing(self) -> None:
        """Write durably that a full reprocess has begun, and that no component is applied yet."""
        self._store.apply({_REPROCESSING: b"1"}, [DONE])

    def is_reprocessing(self) -> bool:
        """Return whether a full reprocess was begun and not completed."""
        return self._store.get(_REPROCESSING) is not None

    def clear_reprocessing(self, batch: Batch) -> None:
        batch.delete(_REPROCESSING)
        batch.drop(DONE)

    def _add_name(self, number: int, name: str) -> None:
        self._names[name] = number
        self._names_by_id[number] = name


def _number(store: AppStore, key: bytes, *, size: int = 8) -> int:
    data = store.get(key)
    if data is not None and len(data) != size:
        raise StoreCorruptedError(
            f"the store of app {store.name!r} is damaged: {key!r} holds {shown(data[:40])}; restore the store "
            "from a copy,"
            " or drop the app and update it again"
        )
    return int.from_bytes(data or b"", "big")


def _growth(limit: int, added: int) -> bytes:
    return min(limit, _LARGEST).to_bytes(8, "big") + min(added, _LARGEST).to_bytes(8, "big")


def _readable(name: bytes) -> str:
    try:
        return name.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return UNKNOWN_NAME
