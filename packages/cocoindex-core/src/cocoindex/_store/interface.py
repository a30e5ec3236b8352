"""What the engine asks of a store: apps by name, and in each an ordered map from bytes to bytes.

Layer `_store`; every implementation passes `tests/store/test_conformance.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol

from .lock_holder import LockHolder


class Snapshot(Protocol):
    """The records of one app as of one moment."""

    def get(self, key: bytes, /) -> bytes | None:
        """Return the value of a key, or None."""

    def find(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Return the keys that are there, with their values."""


class AppStore(Protocol):
    """The records of one app. Methods may be called from any thread, and read what was committed last.

    All raise `StoreError` or what derives from it: `StoreClosedError` once the database was closed,
    `StoreCorruptedError` where it cannot be read.
    """

    @property
    def name(self) -> str:
        """The name of the app."""

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values of keys, in their order, as of one moment."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Return a block that gives reads as of one moment, cheaper than the store's own.

        It is for a short time and one thread, which must not write in it; other threads' reads wait. Whatever else
        this thread reads in the block is as of that moment, too.
        """

    def scan(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[tuple[bytes, bytes]]:
        """Return up to `limit` pairs whose keys begin with `prefix`, in order; those behind the key `after`.

        Keys ascend strictly, whatever the files hold, so that reading page by page comes to an end.
        """

    def scan_keys(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[bytes]:
        """Return what `scan` does, without the values."""

    def apply(self, writes: Mapping[bytes, bytes | None], drop_prefixes: Sequence[bytes] = ()) -> None:
        """Remove all keys that begin with one of the prefixes, then put the writes; None removes a key.

        One transaction: all of it is there once this returns, and survives a loss of power, or nothing is.

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
    """The right to write one app; left by `release` or at the end of a `with` block, and when the process dies.

    A block that ends without an error raises `StoreOpenError` where the database was removed or replaced meanwhile.
    """

    def release(self) -> None:
        """Let others write the app; a second call does nothing."""

    def __enter__(self) -> AppLock: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Database(Protocol):
    """Apps by name, kept at one place."""

    @property
    def path(self) -> str:
        """Where it is, for messages."""

    def open_app(self, name: str, *, create: bool = True) -> AppStore:
        """Return the records of an app.

        Raises:
            AppNotFoundError: there is none of this name, and none is to be made.
            AppNameError: the name is empty or too long.
            TooManyAppsError: more apps are in use than the database was opened for.
        """

    def list_apps(self) -> list[str]:
        """Return the names of all apps, sorted."""

    def lock_holder(self, name: str) -> LockHolder | None:
        """Return who has the right to write an app at this moment; None where nobody has."""

    def lock_app(self, name: str, *, live: bool = False) -> AppLock:
        """Return the right to write an app, which need not exist yet.

        Args:
            live: whether others are to be told that it is kept until somebody ends the process.

        Raises:
            AppLockedError: somebody else has it.
            StoreReadonlyError: the database was opened for reading.
        """

    def close(self) -> None:
        """Give up the database; a second call does nothing."""
