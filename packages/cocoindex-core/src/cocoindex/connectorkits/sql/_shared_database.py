"""A database that threads share: each thread reads in its own snapshot, one thread writes at a time.

Layer: connectorkits. For blocking drivers whose connection gives each thread its own session: a cursor, or another
connection. If only one thread may use the connection at a time, use `FairLock` instead.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from cocoindex._shown import masked

from ...errors import CocoIndexError

__all__ = ["SharedDatabase", "file_identity"]


class _Closeable(Protocol):
    def close(self) -> None: ...


class _Session(_Closeable, Protocol):
    def execute(self, statement: str, /) -> Any: ...


T = TypeVar("T")
RootT = TypeVar("RootT", bound=_Closeable)
SessionT = TypeVar("SessionT", bound=_Session)


class SharedDatabase(ABC, Generic[RootT, SessionT]):
    """The object that programs provide for a database. A connector derives a class; `connect` returns an instance.

    Args:
        database: the path, as given.

    Attributes:
        database: the path, as given.
        file: the absolute path; empty for a database in memory.
        title: the name of the database system in messages, such as `"DuckDB"`.
        module: the name of the module with `connect`, in messages.
        error: raised if the connection is closed, or is closed by a thread that is using it.
        fatal: errors of the driver that make the connection unusable; it is then opened again.
        busy: raised if a transaction of `transact` still conflicts with others after `patience`.
        patience: how long `transact` retries after conflicts, in seconds.
        begin: the statements that begin a write transaction and a read transaction.
    """

    title: ClassVar[str]
    module: ClassVar[str]
    error: ClassVar[type[CocoIndexError]]
    fatal: ClassVar[type[Exception] | tuple[type[Exception], ...]] = ()
    busy: ClassVar[type[CocoIndexError]]
    patience: ClassVar[float] = 5.0
    begin: ClassVar[tuple[str, str]] = ("BEGIN", "BEGIN TRANSACTION READ ONLY")

    def __init__(self, database: str) -> None:
        self.database = database
        self.file = "" if database.startswith(":memory:") else os.path.realpath(database)
        self._writing, self._state = threading.RLock(), threading.Condition()
        self._users: list[int] = []  # the threads that are using a session
        self._is_closed = self._is_broken = False
        self._root = self.open()

    def __repr__(self) -> str:
        return masked(f"{type(self).__name__}({self.database!r}{', closed' if self._is_closed else ''})")

    @abstractmethod
    def open(self) -> RootT:
        """Open the database; raise the connector's error if that fails."""

    @abstractmethod
    def session(self, root: RootT) -> SessionT:
        """Return the session of one thread. Closing it rolls back uncommitted changes."""

    @contextmanager
    def transaction(self) -> Iterator[SessionT]:
        """Hold the only write transaction: committed at the end, rolled back by an exception.

        Errors of your own statements are raised unchanged.

        Raises:
            the `error`: the connection is closed.
        """
        with self._writing, self._used(self.begin[0]) as session:
            yield session
            session.execute("COMMIT")

    @contextmanager
    def readonly(self) -> Iterator[SessionT]:
        """Read the state at the first statement, in parallel with other readers and a writer.

        Raises:
            the `error`: the connection is closed.
        """
        with self._used(self.begin[1]) as session:
            yield session

    def is_conflict(self, error: Exception) -> bool:
        """Whether the transaction failed because of a conflict, and may succeed if it is retried."""
        return False

    async def transact(self, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Run `work` in a transaction, and retry it after conflicts. Blocks; call it in a thread.

        Raises:
            the `busy`: it still conflicts after `patience` seconds; the message begins with `what`.
        """
        pause, left = 0.01, self.patience
        while True:
            try:
                with self.transaction() as session:
                    return await work(session)
            except Exception as error:
                if not self.is_conflict(error):
                    raise
                if left <= 0:
                    place = f"the {self.title} database {self.database}"
                    raise self.busy(
                        f"{what} in {place} conflicted with other transactions for {self.patience:g} s: {error}"
                    ) from error
            pause = min(2 * pause, left)
            left -= pause
            time.sleep(pause)  # noqa: ASYNC251  # runs in a separate thread

    def close(self) -> None:
        """Wait until no other thread uses the connection, then close it; closing it again does nothing.

        On an event loop, which the users may need, it does not wait: the last user closes the connection.

        Raises:
            the `error`: this thread is using the connection.
        """
        with self._state:
            if threading.get_ident() in self._users:
                raise self.error(f"{self!r} is in use by the thread that closes it; leave the `with` first")
            self._is_closed = True
            if asyncio._get_running_loop() is None:
                self._state.wait_for(lambda: not self._users)
            if not self._users:
                self._root.close()

    @contextmanager
    def _used(self, begin: str) -> Iterator[SessionT]:
        user = threading.get_ident()
        with self._state:
            session = self.session(self._usable())
            self._users.append(user)
        try:
            session.execute(begin)
            yield session
        except self.fatal:
            self._is_broken = True
            raise
        finally:
            session.close()
            with self._state:
                self._users.remove(user)
                if self._is_closed and not self._users:
                    self._root.close()
                self._state.notify_all()

    def _usable(self) -> RootT:
        if self._is_closed:
            raise self.error(
                f"the connection to the {self.title} database {self.database} was closed; open a new one with "
                f"{self.module}.connect(), and in a lifespan close it only after the yield"
            )
        if self._is_broken and not self._users:
            self._root.close()
            self._root, self._is_broken = self.open(), False
        return self._root


def file_identity(file: str, connection: object) -> str:
    """Return what identifies a database file, whatever its path; without a file, what identifies the connection."""
    try:
        found = os.stat(file)
    except (OSError, ValueError):  # in memory, or removed
        return f"connection {id(connection)} of process {os.getpid()}"
    return f"file {found.st_dev}:{found.st_ino}"
