"""One LMDB environment of this process: transactions on it, growth of its map, handles of its sub-databases.

Layer `_store`; shared by all who opened the same folder, since LMDB forbids to open it twice in a process.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

import lmdb

from cocoindex.errors import StoreOpenError

from .app_name import records_names, registration_key
from .interface import Snapshot
from .lmdb_errors import explain
from .lmdb_scan import Handle, Transaction
from .lmdb_snapshot import EmptySnapshot, LmdbSnapshot
from .open_environment import data_file, open_environment

_logger = logging.getLogger("cocoindex.store")
_R = TypeVar("_R")

Handles: TypeAlias = "list[Handle]"
"""The sub-databases of one app, by partition."""


class LmdbEnvironment:
    """Reads and writes of one folder.

    Every read is a transaction of its own (about 1 µs): it sees what any process committed last, and keeps no old
    pages from being used again. Locks are taken in the order write, read; the map changes under both.
    """

    def __init__(self, path: str, *, map_size: int, max_dbs: int, readonly: bool) -> None:
        self.path = path
        self.references = 0
        self._map_size = map_size
        self._max_dbs = max_dbs
        self._process = os.getpid()
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._handles: dict[str, Handles] = {}
        self._readonly = readonly
        self._environment = self._open(readonly)
        self._identity = _identity(path)

    def is_current(self) -> bool:
        """Return whether the folder still holds the files that were opened."""
        try:
            return self._identity == _identity(self.path)
        except OSError:
            return False

    def check_process(self) -> None:
        """Raise `StoreOpenError` in a forked child, where LMDB does not work."""
        if self._process != os.getpid():
            raise StoreOpenError(
                f"the database {self.path} was opened before this process was forked, and cannot be used in the"
                ' child; start the child by multiprocessing.get_context("spawn")'
            )

    def allow_writes(self) -> None:
        """Open it for writing, if it was opened for reading."""
        with self._write_lock, self._read_lock:
            if not self._readonly:
                return
            self._environment.close()
            try:
                self._environment = self._open(readonly=False)
                self._readonly = False
            except BaseException:
                self._environment = self._open(readonly=True)
                raise
            finally:
                for app in self._handles:
                    self._handles[app] = self._open_handles(app)

    def close(self) -> None:
        """Wait for transactions under way, then close."""
        with self._write_lock, self._read_lock:
            self._environment.close()

    def read_main(self, action: Callable[[Transaction], _R]) -> _R:
        """Return what the action reads in the main database."""
        return self._read(action)

    def read_app(self, app: str, action: Callable[[Transaction, Handles], _R], absent: _R) -> _R:
        """Return what the action reads in an app's records, or `absent` if they were never written."""
        if app not in self._handles and not self._find_handle(app):
            return absent
        # Handles are looked up within the transaction, as opening the environment anew replaces them.
        return self._read(lambda transaction: action(transaction, self._handles[app]))

    @contextmanager
    def snapshot(self, app: str) -> Iterator[Snapshot]:
        """Give reads of an app's records as of one moment; other threads wait for the block to end."""
        if app not in self._handles and not self._find_handle(app):
            yield EmptySnapshot()
            return
        try:
            with self._read_lock, self._environment.begin() as transaction:
                yield LmdbSnapshot(transaction, self._handles[app])
        except lmdb.Error as error:
            raise explain(error, self.path) from error

    def write_app(self, app: str, action: Callable[[Transaction, Handles], None]) -> None:
        """Run an action that writes an app's records, and commit durably; the app is registered by it.

        The action runs again, in a new transaction, when the map had to grow.
        """
        with self._write_lock, self._explained():
            while True:
                try:
                    return self._write(app, action)
                except lmdb.MapFullError:
                    self._make_room()
                except lmdb.MapResizedError:
                    self._adopt_growth()

    def _open(self, readonly: bool) -> lmdb.Environment:
        return open_environment(self.path, map_size=self._map_size, max_dbs=self._max_dbs, readonly=readonly)

    def _read(self, action: Callable[[Transaction], _R]) -> _R:
        try:
            with self._read_lock, self._environment.begin() as transaction:
                return action(transaction)
        except lmdb.MapResizedError:
            with self._write_lock, self._explained():
                self._adopt_growth()
            return self._read(action)
        except lmdb.Error as error:
            raise explain(error, self.path) from error

    def _write(self, app: str, action: Callable[[Transaction, Handles], None]) -> None:
        with self._environment.begin(write=True) as transaction:
            handles = self._handles.get(app) or [
                self._environment.open_db(name, transaction) for name in records_names(app)
            ]
            if transaction.get(registration_key(app)) is None:
                transaction.put(registration_key(app), b"")
            action(transaction, handles)
        self._handles[app] = handles

    def _find_handle(self, app: str) -> bool:
        with self._write_lock, self._explained():
            while app not in self._handles:
                try:
                    self._handles[app] = self._open_handles(app)
                except lmdb.NotFoundError:
                    return False
                except lmdb.MapResizedError:
                    self._adopt_growth()
        return True

    def _open_handles(self, app: str) -> Handles:
        names = records_names(app)
        if self._readonly:
            return [self._environment.open_db(name, create=False) for name in names]
        # A handle from a reading transaction would end with it; left to itself, open_db waits for other processes
        # without letting other threads run.
        with self._environment.begin(write=True) as transaction:
            return [self._environment.open_db(name, transaction, create=False) for name in names]

    def _make_room(self) -> None:
        # Readers that were killed keep old pages; without them there may be room enough.
        if self._environment.reader_check():
            return
        size = self._environment.info()["map_size"]
        with self._read_lock:
            self._environment.set_mapsize(2 * size)
        _logger.info("LMDB map full, doubled from %d to %d MiB: %s", size >> 20, 2 * size >> 20, self.path)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except lmdb.Error as error:
            raise explain(error, self.path) from error

    def _adopt_growth(self) -> None:
        with self._read_lock:
            self._environment.set_mapsize(0)


def _identity(path: str) -> tuple[int, int]:
    status = os.stat(data_file(path))
    return status.st_dev, status.st_ino
