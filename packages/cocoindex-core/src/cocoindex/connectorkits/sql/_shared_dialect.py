"""A dialect of a database that threads share through one connection object.

Layer: connectorkits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

from ._dialect import Dialect
from ._shared_database import SharedDatabase, file_identity
from ._type_variables import SessionT

__all__ = ["SharedDialect"]

T = TypeVar("T")
SharedT = TypeVar("SharedT", bound=SharedDatabase[Any, Any])


class SharedDialect(Dialect[SharedT, SessionT], Generic[SharedT, SessionT]):
    """A dialect whose `connection_type` is a `SharedDatabase`, whose sessions are cursors of Python's interface."""

    blocking = True

    async def transact(self, db: SharedT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Run `work(session)` in a transaction, again where it is in conflict with another one."""
        return await db.transact(what, work)

    async def look(self, db: SharedT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Run `work(session)` in a transaction that reads beside others."""
        with db.readonly() as session:
            return await work(session)

    async def execute(self, session: Any, statement: str, parameters: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        """Execute a statement; returns its rows."""
        found: list[tuple[Any, ...]] = session.execute(statement, parameters).fetchall()
        return found

    def explain(self, error: Exception, db: SharedT, what: str) -> Exception:
        """A conflict as it is, for the transaction to be tried again; anything else as the table error."""
        return error if db.is_conflict(error) else super().explain(error, db, what)

    def reading(self, db: SharedT) -> AbstractContextManager[Any]:
        """A cursor that reads beside others."""
        return db.readonly()

    def place(self, db: SharedT) -> str:
        """The name of the database and its path."""
        return f"the {db.title} database {db.database}"

    def identity(self, db: SharedT) -> str:
        """What tells its file from all others."""
        return file_identity(db.file, db)
