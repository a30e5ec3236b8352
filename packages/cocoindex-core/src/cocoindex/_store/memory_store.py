"""A store in memory, behind the same interface as the one on disk; it lives as long as its `MemoryDatabase`.

Layer `_store`; for tests.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from types import TracebackType

from cocoindex.errors import AppLockedError, AppNotFoundError, StoreClosedError

from .app_name import check_app_name
from .check_key import check_key
from .lock_holder import LockHolder


class MemoryDatabase:
    """Apps in memory."""

    path = ":memory:"

    def __init__(self) -> None:
        self._apps: dict[str, _Records] = {}
        self._locked: dict[str, LockHolder] = {}
        self._mutex = threading.RLock()
        self._closed = False

    def open_app(self, name: str, *, create: bool = True) -> MemoryAppStore:
        check_app_name(name)
        if create:
            self.records(name, create=True)
        elif name not in self.list_apps():
            raise AppNotFoundError(f"there is no app {name!r} in {self.path}")
        return MemoryAppStore(self, name, self._mutex)

    def list_apps(self) -> list[str]:
        self._check_open()
        return sorted(self._apps)

    def lock_holder(self, name: str) -> LockHolder | None:
        check_app_name(name)
        self._check_open()
        return self._locked.get(name)

    def lock_app(self, name: str, *, live: bool = False) -> MemoryAppLock:
        check_app_name(name)
        self._check_open()
        with self._mutex:
            if (holder := self._locked.get(name)) is not None:
                raise AppLockedError(name, None, None, None, self.path, holder.live)
            self._locked[name] = LockHolder(live=live)
        return MemoryAppLock(self._locked, name)

    def close(self) -> None:
        self._closed = True

    def records(self, name: str, *, create: bool = False) -> _Records:
        """Return the records of an app, none if there is no such app; for its store only."""
        self._check_open()
        return self._apps.setdefault(name, _Records()) if create else self._apps.get(name, _Records())

    def remove(self, name: str) -> None:
        """Remove an app; for its store only."""
        self._check_open()
        self._apps.pop(name, None)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreClosedError("the database in memory is closed; make another one")


class _Records:
    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.keys: list[bytes] = []

    def get(self, key: bytes, /) -> bytes | None:
        return self.values.get(key)

    def find(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        return {key: self.values[key] for key in keys if key in self.values}

    def drop(self, prefix: bytes) -> None:
        for key in takewhile(lambda key: key.startswith(prefix), self.keys[bisect_left(self.keys, prefix) :]):
            self.values.pop(key, None)

    def put(self, key: bytes, value: bytes | None) -> None:
        if value is None:
            self.values.pop(key, None)
        else:
            self.values[key] = bytes(value)


class MemoryAppStore:
    """The records of one app in memory."""

    def __init__(self, database: MemoryDatabase, name: str, mutex: threading.RLock) -> None:
        self.name = name
        self._database = database
        self._mutex = mutex

    def get(self, key: bytes) -> bytes | None:
        return self._database.records(self.name).values.get(key)

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        with self._mutex:
            values = self._database.records(self.name).values
            return [values.get(key) for key in keys]

    @contextmanager
    def snapshot(self) -> Iterator[_Records]:
        with self._mutex:
            yield self._database.records(self.name)

    def scan(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[tuple[bytes, bytes]]:
        with self._mutex:
            values = self._database.records(self.name).values
            return [(key, values[key]) for key in self.scan_keys(prefix, after=after, limit=limit)]

    def scan_keys(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[bytes]:
        with self._mutex:
            keys = self._database.records(self.name).keys
            start = bisect_left(keys, prefix)
            if after is not None:
                start = max(start, bisect_right(keys, after))
            return list(takewhile(lambda key: key.startswith(prefix), keys[start : start + max(limit, 0)]))

    def apply(self, writes: Mapping[bytes, bytes | None], drop_prefixes: Sequence[bytes] = ()) -> None:
        for key, value in writes.items():
            if value is not None:
                check_key(key, self._database.path)
        if not writes and not drop_prefixes:
            return
        with self._mutex:
            records = self._database.records(self.name, create=True)
            for prefix in drop_prefixes:
                records.drop(prefix)
            for key, value in writes.items():
                records.put(key, value)
            records.keys = sorted(records.values)

    def clear(self) -> None:
        with self._mutex:
            self._database.remove(self.name)


class MemoryAppLock:
    """The right to write one app in memory."""

    def __init__(self, locked: dict[str, LockHolder], name: str) -> None:
        self._locked: dict[str, LockHolder] | None = locked
        self._name = name

    def release(self) -> None:
        if self._locked is not None:
            self._locked.pop(self._name, None)
            self._locked = None

    def __enter__(self) -> MemoryAppLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
