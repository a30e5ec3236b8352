"""The interface of stores: apps by name, each with an ordered map from bytes to bytes.

Layer `_store`; every implementation passes `tests/store/test_conformance.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol

from .lock_holder import LockHolder


class Snapshot(Protocol):
    """The records of one app at one moment."""

    def get(self, key: bytes, /) -> bytes | None:
        """Return the value of a key, or None."""

    def find(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Return the existing keys, with their values."""


class AppStore(Protocol):
    """The records of one app. Methods may be called from any thread, and read the last committed state.

    All raise `StoreError` or a subclass: `StoreClosedError` after the database was closed, `StoreCorruptedError` if it
    cannot be read.
    """

    @property
    def name(self) -> str:
        """The name of the app."""

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values of keys, in their order, all of one moment."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Return a context manager for reads of one moment, which are cheaper than the store's own.

        Use it for a short time and in one thread, which must not write in it; reads of other threads wait. All other
        reads of this thread in the block are of that moment, too.
        """

    def scan(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[tuple[bytes, bytes]]:
        """Return up to `limit` pairs whose keys begin with `prefix`, in order, starting behind the key `after`.

        Keys ascend strictly even in damaged files, so that reading page by page ends.
        """

    def scan_keys(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[bytes]:
        """Return what `scan` does, without the values."""

    def apply(self, writes: Mapping[bytes, bytes | None], drop_prefixes: Sequence[bytes] = ()) -> None:
        """Remove all keys that begin with one of the prefixes, then write the values; None removes a key.

        This is one transaction: either everything is written when it returns, and survives a loss of power, or nothing
        is.

        Raises:
            StoreFullError: the disk is full.
            StoreReadonlyError: the database was opened for reading.
            StoreKeyError: a key is empty or longer than `check_key.MAX_KEY_BYTES`.
        """

    def clear(self) -> None:
        """Remove all records of the app and the app itself; the next `apply` brings it back.

        Raises:
            StoreReadonlyError: the database was opened for reading.
        """


class AppLock(Protocol):
    """The right to write one app; it ends with `release`, with the `with` block, or with the process.

    At its end, a block without an error raises `StoreOpenError` if the database was removed or replaced meanwhile.
    """

    def release(self) -> None:
        """Release the right; a second call does nothing."""

    def __enter__(self) -> AppLock: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Database(Protocol):
    """Apps by name, stored in one place."""

    @property
    def path(self) -> str:
        """The location, for messages."""

    def open_app(self, name: str, *, create: bool = True) -> AppStore:
        """Return the records of an app.

        Raises:
            AppNotFoundError: there is no app of this name, and none must be created.
            AppNameError: the name is empty or too long.
            TooManyAppsError: more apps are in use than the database was opened for.
        """

    def list_apps(self) -> list[str]:
        """Return the names of all apps, sorted."""

    def lock_holder(self, name: str) -> LockHolder | None:
        """Return who has the right to write an app at this moment; None if nobody has."""

    def lock_app(self, name: str, *, live: bool = False) -> AppLock:
        """Return the right to write an app, which need not exist yet.

        Args:
            live: whether others see that it is held by a live update, until the process is ended.

        Raises:
            AppLockedError: another process or thread has it.
            StoreReadonlyError: the database was opened for reading.
        """

    def close(self) -> None:
        """Close the database; a second call does nothing."""
