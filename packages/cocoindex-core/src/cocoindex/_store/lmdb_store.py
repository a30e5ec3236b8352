"""Apps in an LMDB database on disk.

Layer `_store`. In the folder: `data.mdb` and `lock.mdb` of LMDB, and `locks/` with a file for each app in use. The main
database has the version of the format and the names of the apps; each app's records are in sub-databases.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain, groupby
from typing import TYPE_CHECKING, TypeVar

import lmdb

from cocoindex.errors import AppNotFoundError, MalformedKeyError, StoreClosedError, StoreReadonlyError

from .app_lock import FileAppLock, holder_of
from .app_name import check_app_name, registered_name, registration_key, registration_prefix
from .check_key import check_key
from .lmdb_environment import LmdbEnvironment
from .lmdb_errors import damaged
from .lmdb_handles import Handles
from .lmdb_put import put_sorted
from .lmdb_scan import Handle, Transaction, drop_range, scan, scan_keys
from .open_environment import data_file, is_file_there
from .partition import partition_of

_R = TypeVar("_R")
_Row = TypeVar("_Row", bytes, tuple[bytes, bytes])

if TYPE_CHECKING:
    from typing import Protocol

    from .interface import Snapshot
    from .lock_holder import LockHolder

    class _Reader(Protocol[_Row]):
        def __call__(
            self, transaction: Transaction, records: Handle, prefix: bytes, after: bytes | None, limit: int, /
        ) -> list[_Row]: ...


_opened: dict[str, LmdbEnvironment] = {}
_opened_lock = threading.Lock()
# The environments of databases that were collected as garbage without being closed. The next one to open closes them:
# garbage is collected at any time, also in a thread that holds the lock.
_left: deque[LmdbEnvironment] = deque()


def _renew_lock() -> None:
    global _opened_lock
    _opened_lock = threading.Lock()


if hasattr(os, "register_at_fork"):  # a thread that held it does not exist in the child
    os.register_at_fork(after_in_child=_renew_lock)


def open_database(
    path: str | os.PathLike[str], *, map_size: int = 4 << 30, max_dbs: int = 1024, readonly: bool = False
) -> LmdbDatabase:
    """Open the database in the folder `path`; create missing folders, unless `readonly`.

    Args:
        path: the folder.
        map_size: the initial size of the memory map in bytes; growing it takes milliseconds.
        max_dbs: how many of its apps this process may use at once.
        readonly: whether to create nothing, write nothing and block nobody.

    Raises:
        StoreOpenError: it cannot be created or opened there; or it is missing, if `readonly`.
        StoreCorruptedError: the file is damaged or not a database.
        StoreVersionError: it was written in another format.
        StoreFullError: the disk is full.
    """
    real_path = os.path.realpath(path)
    _close_left()
    with _opened_lock:
        environment = _opened.get(real_path)
        if environment is not None:
            environment.check_process()
        if environment is None or not environment.is_current():
            environment = LmdbEnvironment(real_path, map_size=map_size, max_dbs=max_dbs, readonly=readonly)
            _opened[real_path] = environment
        if not readonly:
            environment.allow_writes()
        environment.references += 1
    return LmdbDatabase(environment, readonly)


def database_exists(path: str | os.PathLike[str]) -> bool:
    """Return whether there is a database in the folder `path`, intact or not.

    Raises:
        StoreOpenError: its folder or one above it cannot be read.
    """
    return is_file_there(data_file(os.fspath(path)))


def _give_back(environment: LmdbEnvironment) -> None:
    with _opened_lock:
        environment.references -= 1
        # LMDB does not open again in a forked child what the parent had open: it stays known, so that an error says so.
        if environment.references == 0 and environment.close() and _opened.get(environment.path) is environment:
            del _opened[environment.path]


def _close_left() -> None:
    while True:
        try:
            environment = _left.popleft()
        except IndexError:
            return
        _give_back(environment)


class LmdbDatabase:
    """Apps in one folder; created by `open_database`."""

    def __init__(self, environment: LmdbEnvironment, readonly: bool) -> None:
        self.path = environment.path
        self.readonly = readonly
        self._environment: LmdbEnvironment | None = environment
        self._unclosed = weakref.finalize(self, _left.append, environment)
        self._unclosed.atexit = False

    def open_app(self, name: str, *, create: bool = True) -> LmdbAppStore:
        check_app_name(name)
        if self.environment().read_main(lambda main: main.get(registration_key(name))) is None:
            if not create or self.readonly:
                raise AppNotFoundError(
                    f"there is no app {name!r} in the database {self.path};"
                    f" it has {', '.join(map(repr, self.list_apps())) or 'none'}"
                )
            store = self._store_of(name)
            self.environment_for_writing().write_app(name, lambda _transaction, _handles: None)
            return store
        return self._store_of(name)

    def _store_of(self, name: str) -> LmdbAppStore:
        store = LmdbAppStore(self, name)
        self.environment().use(store)
        return store

    def list_apps(self) -> list[str]:
        prefix = registration_prefix()
        keys = self.environment().read_main(lambda main: scan_keys(main, None, prefix, None, sys.maxsize))
        try:
            return sorted(map(registered_name, keys))
        except MalformedKeyError as error:
            raise damaged(self.path, str(error)) from error

    def lock_holder(self, name: str) -> LockHolder | None:
        check_app_name(name)
        return holder_of(self.environment().path, name)

    def lock_app(self, name: str, *, live: bool = False) -> FileAppLock:
        check_app_name(name)
        environment = self.environment_for_writing()
        environment.check_process()
        environment.check_current()
        return FileAppLock(environment.path, name, environment.check_current, live=live)

    def close(self) -> None:
        environment, self._environment = self._environment, None
        if environment is not None and self._unclosed.detach() is not None:
            _give_back(environment)

    def environment(self) -> LmdbEnvironment:
        """Return the environment; for stores of apps only."""
        if self._environment is None:
            raise StoreClosedError(f"the database {self.path} is closed; open it again")
        return self._environment

    def environment_for_writing(self) -> LmdbEnvironment:
        """Return the environment, if it may be written; for stores of apps only."""
        if self.readonly:
            raise StoreReadonlyError(f"the database {self.path} was opened for reading; open it without readonly=True")
        return self.environment()


class LmdbAppStore:
    """The records of one app on disk."""

    def __init__(self, database: LmdbDatabase, name: str) -> None:
        self.name = name
        self._database = database

    def get(self, key: bytes) -> bytes | None:
        number = partition_of(key)
        return self._read(lambda transaction, handles: transaction.get(key, None, handles[number]), None)

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        return self._read(
            lambda transaction, handles: [transaction.get(key, None, handles[partition_of(key)]) for key in keys],
            [None] * len(keys),
        )

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        return self._database.environment().snapshot(self.name)

    def scan(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[tuple[bytes, bytes]]:
        return self._range(scan, prefix, after, limit)

    def scan_keys(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[bytes]:
        return self._range(scan_keys, prefix, after, limit)

    def apply(self, writes: Mapping[bytes, bytes | None], drop_prefixes: Sequence[bytes] = ()) -> None:
        environment = self._database.environment_for_writing()
        if not writes and not drop_prefixes:
            return
        puts = sorted([(key, value) for key, value in writes.items() if value is not None])
        deletes = sorted([key for key, value in writes.items() if value is None]) if len(puts) < len(writes) else []

        def write(transaction: Transaction, handles: Handles) -> None:
            for prefix in drop_prefixes:
                for handle in handles if not prefix else [handles[partition_of(prefix)]]:
                    drop_range(transaction, handle, prefix)
            for key in deletes:
                transaction.delete(key, db=handles[partition_of(key)])
            try:
                for number, share in groupby(puts, lambda put: partition_of(put[0])):
                    put_sorted(transaction, handles[number], list(share))
            except lmdb.BadValsizeError:
                for key, _value in puts:
                    check_key(key, self._database.path)
                raise

        environment.write_app(self.name, write)

    def clear(self) -> None:
        def remove(transaction: Transaction, handles: Handles) -> None:
            # They stay, although empty: deleting them would close the handles of other threads and processes.
            for handle in handles:
                transaction.drop(handle, delete=False)
            transaction.delete(registration_key(self.name))

        environment = self._database.environment_for_writing()
        if environment.read_main(lambda main: main.get(registration_key(self.name))) is not None:
            environment.write_app(self.name, remove)

    def _read(self, action: Callable[[Transaction, Handles], _R], absent: _R) -> _R:
        return self._database.environment().read_app(self.name, action, absent)

    def _range(self, reader: _Reader[_Row], prefix: bytes, after: bytes | None, limit: int) -> list[_Row]:
        def read(transaction: Transaction, handles: Handles) -> list[_Row]:
            if prefix:
                return reader(transaction, handles[partition_of(prefix)], prefix, after, limit)
            parts = (reader(transaction, handle, prefix, after, limit) for handle in handles)
            return sorted(chain.from_iterable(parts))[:limit]

        return self._read(read, [])
