"""An app's records with a listener for every error of the store.

Layer `_store`; an error of the store is not the fault of the component that happens to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cocoindex.errors import StoreError

if TYPE_CHECKING:
    from .interface import AppStore, Snapshot


class WatchedStore:
    """The records of one app.

    Args:
        below: the store of the records.
        tell: called with each error, in the thread where it occurs, before it is raised.
    """

    def __init__(self, below: AppStore, tell: Callable[[StoreError], None]) -> None:
        self._below = below
        self._tell = tell

    @property
    def name(self) -> str:
        return self._below.name

    def get(self, key: bytes) -> bytes | None:
        try:
            return self._below.get(key)
        except StoreError as error:
            self._tell(error)
            raise

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        try:
            return self._below.get_many(keys)
        except StoreError as error:
            self._tell(error)
            raise

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        try:
            with self._below.snapshot() as snapshot:
                yield snapshot
        except StoreError as error:
            self._tell(error)
            raise

    def scan(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[tuple[bytes, bytes]]:
        try:
            return self._below.scan(prefix, after=after, limit=limit)
        except StoreError as error:
            self._tell(error)
            raise

    def scan_keys(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[bytes]:
        try:
            return self._below.scan_keys(prefix, after=after, limit=limit)
        except StoreError as error:
            self._tell(error)
            raise

    def apply(self, writes: Mapping[bytes, bytes | None], drop_prefixes: Sequence[bytes] = ()) -> None:
        try:
            self._below.apply(writes, drop_prefixes)
        except StoreError as error:
            self._tell(error)
            raise

    def clear(self) -> None:
        try:
            self._below.clear()
        except StoreError as error:
            self._tell(error)
            raise
