"""A database that threads share: each reads in a snapshot of its own, one writes at a time.

Layer: connectorkits. For drivers that block, of whose connection each thread may have a session: a cursor, or another
connection. Where only one thread may use the connection at a time, `FairLock` is what is needed.
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
    """What programs provide for a database; a connector derives its own, made by its `connect`.

    Args:
        database: the path, as it was given.

    Attributes:
        database: the path, as it was given.
        file: the absolute path; empty where the database lies in memory.
        title: what to call the database in messages, such as `"DuckDB"`.
        module: the module whose `connect` makes these, in messages.
        error: what is raised when the connection is closed, or in use by who closes it.
        fatal: errors of the driver after which the connection is of no use any more: it is opened anew.
        busy: what is raised where a transaction of `transact` is in conflict with others for `patience` seconds.
        begin: the statements that begin a transaction that writes, and one that reads.
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
        self._users: list[int] = []  # the threads that use a session
        self._is_closed = self._is_broken = False
        self._root = self.open()

    def __repr__(self) -> str:
        return masked(f"{type(self).__name__}({self.database!r}{', closed' if self._is_closed else ''})")

    @abstractmethod
    def open(self) -> RootT:
        """Open the database; raises the connector's error where that fails."""

    @abstractmethod
    def session(self, root: RootT) -> SessionT:
        """What one thread runs its statements on; closing it rolls back what was not committed."""

    @contextmanager
    def transaction(self) -> Iterator[SessionT]:
        """Write alone, in a transaction that is committed at the end and rolled back by an exception.

        Errors of your own statements come as they are.

        Raises:
            the `error`: the connection is closed.
        """
        with self._writing, self._used(self.begin[0]) as session:
            yield session
            session.execute("COMMIT")

    @contextmanager
    def readonly(self) -> Iterator[SessionT]:
        """Read what is there at the first statement, beside other readers and a writer.

        Raises:
            the `error`: the connection is closed.
        """
        with self._used(self.begin[1]) as session:
            yield session

    def is_conflict(self, error: Exception) -> bool:
        """Whether a transaction that failed so may succeed when it is tried again."""
        return False

    async def transact(self, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Run `work` in a transaction, again where it is in conflict with another one; in a thread, as it blocks.

        Raises:
            the `busy`: it still is after `patience` seconds; `what` begins the message.
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
            time.sleep(pause)  # noqa: ASYNC251  # a thread of its own runs it

    def close(self) -> None:
        """Close the connection once no other thread uses it; closing it again does nothing.

        On an event loop, which those who use it may need, it does not wait: the last of them closes it.
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
    """What tells a database in a file from all others, by whatever path; without a file, the connection's own."""
    try:
        found = os.stat(file)
    except (OSError, ValueError):  # it lies in memory, or was removed
        return f"connection {id(connection)} of process {os.getpid()}"
    return f"file {found.st_dev}:{found.st_ino}"
