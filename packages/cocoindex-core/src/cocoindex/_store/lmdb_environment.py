"""One LMDB environment of this process: its transactions, the growth of its map, the handles of its sub-databases.

Layer `_store`; shared by all users of the same folder, because LMDB forbids opening it twice in a process.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

import lmdb

from cocoindex.errors import StoreOpenError

from .app_name import records_names, registration_key
from .forked_child import immortalize, keep_from_children
from .lmdb_errors import LMDB_ERRORS, damaged, explain, too_many_apps
from .lmdb_handles import AppHandles, Handles
from .lmdb_scan import Transaction
from .lmdb_snapshot import EmptySnapshot, LmdbSnapshot
from .open_environment import data_file, open_environment

if TYPE_CHECKING:
    from .interface import Snapshot
    from .lmdb_handles import Named

_logger = logging.getLogger("cocoindex.store")
_R = TypeVar("_R")

# Another process may grow the map again while its growth is adopted, but not for ever.
_ADOPTIONS: Final = 100


class LmdbEnvironment:
    """Reads and writes of one folder.

    Outside `snapshot`, every read is a transaction of its own (about 1 µs): it sees the last commit of any process, and
    does not prevent the reuse of old pages. Locks are taken in the order write, read; the map changes under both.
    """

    def __init__(self, path: str, *, map_size: int, max_dbs: int, readonly: bool) -> None:
        self.path = path
        self.references = 0
        self._map_size = map_size
        self._in_child = False
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._reading: Transaction | None = None
        self._apps = AppHandles(max_dbs)
        self._readonly = readonly
        self._environment = self._open(readonly)
        self._identity = _identity(path)
        keep_from_children(self)

    def is_current(self) -> bool:
        """Return whether the folder still holds the opened files, or can no longer be read."""
        try:
            return self._identity == _identity(self.path)
        except PermissionError:  # of the folder, or of one above; the files are there, and stay open
            return True
        except OSError:
            return False

    def check_current(self) -> None:
        """Raise `StoreOpenError` if the folder no longer holds the opened files."""
        if not self.is_current():
            raise StoreOpenError(
                f"the files of the database {self.path} were removed or replaced while it was open; what is written"
                " now would be lost with them. Stop the environment (coco.stop(), coco.stop_blocking()), which opens"
                " it anew at the next update"
            )

    def check_process(self) -> None:
        """Raise `StoreOpenError` in a forked child, where LMDB does not work."""
        if self._in_child:
            raise StoreOpenError(
                f"the database {self.path} was opened before this process was forked, and cannot be used in the"
                ' child; start the child by multiprocessing.get_context("spawn"), or close the database before the'
                " fork (coco.stop_blocking(), Environment.close())"
            )

    def abandon(self) -> None:
        """In a forked child: refuse every use from now on, and release nothing, because everything belongs to the
        parent."""
        self._in_child = True
        # The threads that held them no longer exist.
        self._write_lock, self._read_lock = threading.RLock(), threading.RLock()
        immortalize(self._environment)
        if self._reading is not None:
            immortalize(self._reading)

    def allow_writes(self) -> None:
        """Open it for writing, if it was opened for reading."""
        with self._write_lock, self._read_lock:
            if self._readonly:
                self._reopen(readonly=False, apps=set(self._apps.by_app))

    def close(self) -> bool:
        """Wait for running transactions, then close; return False in a forked child, where it stays the parent's."""
        if self._in_child:
            return False
        with self._write_lock, self._read_lock:
            self._environment.close()
        return True

    def use(self, store: Named) -> None:
        """Count the store's app as in use as long as the store lives.

        Raises:
            TooManyAppsError: more apps are in use than the environment was opened for.
        """
        if not self._apps.use(store):
            raise too_many_apps(self.path)

    def read_main(self, action: Callable[[Transaction], _R]) -> _R:
        """Run an action that reads the main database, and return its result."""
        return self._read(action)

    def read_app(self, app: str, action: Callable[[Transaction, Handles], _R], absent: _R) -> _R:
        """Run an action that reads an app's records, and return its result; `absent` if they were never written."""
        if app not in self._apps.by_app and not self._find_handles(app):
            return absent
        # Handles are looked up inside the transaction, because reopening the environment replaces them.
        return self._read(lambda transaction: action(transaction, self._apps.by_app[app]))

    @contextmanager
    def snapshot(self, app: str) -> Iterator[Snapshot]:
        """Yield reads of an app's records at one moment; other threads wait for the end of the block.

        All reads of this thread are of that moment then.
        """
        if app not in self._apps.by_app and not self._find_handles(app):
            yield EmptySnapshot()
            return
        with self._transaction() as transaction:
            yield LmdbSnapshot(transaction, self._apps.by_app[app], self.path)

    def write_app(self, app: str, action: Callable[[Transaction, Handles], None]) -> None:
        """Run an action that writes an app's records, and commit durably; this registers the app.

        The action runs again, in a new transaction, if the map had to grow.
        """
        self.check_process()
        self.check_current()
        with self._write_lock, self.explained():
            for _ in range(_ADOPTIONS):
                try:
                    return self._write(app, action)
                except lmdb.MapFullError:
                    self._make_room()
                except lmdb.MapResizedError:
                    self._adopt_growth()
                except lmdb.DbsFullError:
                    self._let_go_of_others(app)
        raise self._never_fits()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Raise errors of LMDB in the block as errors of the store."""
        try:
            yield
        except LMDB_ERRORS as error:
            raise explain(error, self.path) from error

    def _open(self, readonly: bool) -> lmdb.Environment:
        return open_environment(self.path, map_size=self._map_size, max_dbs=self._apps.limit, readonly=readonly)

    def _reopen(self, *, readonly: bool, apps: set[str]) -> None:
        """Close and reopen it, with the handles of some of its apps."""
        self.check_current()
        self._environment.close()
        try:
            self._environment = self._open(readonly)
            self._readonly = readonly
        except BaseException:
            self._environment = self._open(self._readonly)
            raise
        finally:
            self._apps.by_app = {app: self._open_handles(app) for app in apps}

    def _read(self, action: Callable[[Transaction], _R]) -> _R:
        self.check_process()
        try:
            with self._read_lock:
                if self._reading is not None:
                    return action(self._reading)
                with self._environment.begin() as transaction:
                    return action(transaction)
        except lmdb.MapResizedError:
            pass
        except LMDB_ERRORS:
            with self.explained():
                raise
        with self._transaction() as transaction, self.explained():
            return action(transaction)

    @contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        """Use one read transaction for the block: the current one of this thread, or a new one."""
        transaction = self._begin_reading()
        outer, self._reading = self._reading, transaction
        try:
            yield transaction
        finally:
            if not self._in_child:
                self._reading = outer
                if outer is None:
                    transaction.abort()
                self._read_lock.release()

    def _begin_reading(self) -> Transaction:
        """Return a transaction, while holding the lock that keeps others from reading."""
        for _ in range(_ADOPTIONS):
            self.check_process()
            self._read_lock.acquire()
            try:
                with self.explained():
                    return self._reading or self._environment.begin()
            except BaseException as error:
                self._read_lock.release()
                if not isinstance(error.__cause__, lmdb.MapResizedError):
                    raise
            with self._write_lock, self.explained():
                self._adopt_growth()
        raise self._never_fits()

    def _write(self, app: str, action: Callable[[Transaction, Handles], None]) -> None:
        with self._environment.begin(write=True) as transaction:
            handles = self._apps.by_app.get(app) or [
                self._environment.open_db(name, transaction) for name in records_names(app)
            ]
            if transaction.get(registration_key(app)) is None:
                transaction.put(registration_key(app), b"")
            action(transaction, handles)
        self._apps.by_app[app] = handles

    def _find_handles(self, app: str) -> bool:
        self.check_process()
        with self._write_lock, self.explained():
            for _ in range(_ADOPTIONS):
                if app in self._apps.by_app:
                    return True
                try:
                    self._apps.by_app[app] = self._open_handles(app)
                except lmdb.NotFoundError:
                    return False
                except lmdb.MapResizedError:
                    self._adopt_growth()
                except lmdb.DbsFullError:
                    self._let_go_of_others(app)
        raise self._never_fits()

    def _open_handles(self, app: str) -> Handles:
        names = records_names(app)
        if self._readonly:
            return [self._environment.open_db(name, create=False) for name in names]
        # A handle from a reading transaction would end with it; left to itself, open_db waits for other processes
        # without letting other threads run.
        with self._environment.begin(write=True) as transaction:
            return [self._environment.open_db(name, transaction, create=False) for name in names]

    def _let_go_of_others(self, app: str) -> None:
        """Make room for the handles of an app: LMDB can free handles of unused apps only all together, by reopening."""
        kept = (self._apps.in_use() & self._apps.by_app.keys()) - {app}
        if len(kept) >= self._apps.limit:
            raise too_many_apps(self.path)
        with self._read_lock:
            self._reopen(readonly=self._readonly, apps=kept)

    def _make_room(self) -> None:
        # Killed readers keep old pages; without them there may be enough room.
        if self._environment.reader_check():
            return
        size = self._environment.info()["map_size"]
        self._resize(2 * size)
        _logger.info("LMDB map full, doubled from %d to %d MiB: %s", size >> 20, 2 * size >> 20, self.path)

    def _adopt_growth(self) -> None:
        self._resize(0)

    def _resize(self, size: int) -> None:
        with self._read_lock:
            try:
                self._environment.set_mapsize(size)
            except lmdb.Error:
                # LMDB has released the old map before it requested the new one.
                self._reopen(readonly=self._readonly, apps=set(self._apps.by_app))
                raise

    def _never_fits(self) -> Exception:
        return damaged(self.path, "its header says that it is larger than any map can be")


def _identity(path: str) -> tuple[int, int]:
    status = os.stat(data_file(path))
    return status.st_dev, status.st_ino
