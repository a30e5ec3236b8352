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
    """A dialect whose `connection_type` is a `SharedDatabase`, and whose sessions are DB-API cursors."""

    blocking = True

    async def transact(self, db: SharedT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Run `work(session)` in a transaction, and retry it after conflicts."""
        return await db.transact(what, work)

    async def look(self, db: SharedT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Run `work(session)` in a read transaction, in parallel with others."""
        with db.readonly() as session:
            return await work(session)

    async def execute(self, session: Any, statement: str, parameters: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        """Execute a statement and return its rows."""
        found: list[tuple[Any, ...]] = session.execute(statement, parameters).fetchall()
        return found

    def explain(self, error: Exception, db: SharedT, what: str) -> Exception:
        """Return a conflict unchanged, so that the transaction is retried; convert other errors to the table error."""
        return error if db.is_conflict(error) else super().explain(error, db, what)

    def reading(self, db: SharedT) -> AbstractContextManager[Any]:
        """Return a cursor that reads in parallel with others."""
        return db.readonly()

    def place(self, db: SharedT) -> str:
        """Return the title and the path of the database."""
        return f"the {db.title} database {db.database}"

    def identity(self, db: SharedT) -> str:
        """Return what identifies the database file."""
        return file_identity(db.file, db)
