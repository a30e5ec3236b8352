"""Connections, errors and names of a database: the first part of a `Dialect`.

Layer: connectorkits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from ...errors import ContextTypeError
from ._errors import SqlErrors
from ._names import quoted
from ._table_record import TableRecord
from ._type_map import TypeMap
from ._type_variables import ActualT, DbT, NameT, RecordT, SessionT

if TYPE_CHECKING:
    from ..._runtime.context import ContextProvider

__all__ = ["DialectNames"]

T = TypeVar("T")


class DialectNames(ABC, Generic[DbT, SessionT, NameT, RecordT, ActualT]):
    """How the database is reached, what its errors mean, and how names are written; see `Dialect`."""

    name: ClassVar[str]
    types: ClassVar[TypeMap[Any]]
    driver_error: ClassVar[type[Exception] | tuple[type[Exception], ...]]
    blocking: ClassVar[bool] = False
    provided: ClassVar[str] = "connection"
    connection_type: ClassVar[type[Any]]
    record_type: ClassVar[type[TableRecord]] = TableRecord
    drops_columns: ClassVar[bool] = True
    has_savepoints: ClassVar[bool] = False

    # The connection.

    def database(self, value: object, where: str) -> DbT:
        """`value`, which a program provides, if it is a connection of this connector; here a `connection_type`.

        Raises:
            ContextTypeError: it is none; `where` begins the message, as in "the value of the context key 'db'".
        """
        if isinstance(value, self.connection_type):
            return cast("DbT", value)
        raise ContextTypeError(
            f"{where} is a {type(value).__qualname__}; provide what {self.name}.connect() makes, or call "
            f"builder.provide_with(key, {self.name}.managed_connection(...)) in the lifespan"
        )

    @abstractmethod
    async def transact(self, db: DbT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Run `work(session)` in a transaction, committed at the end, rolled back where it raises.

        It may be run again, where another try may help. `what` says what failed where it cannot be begun or committed.
        Nobody else may run statements of theirs inside: where the driver does not see to that, hold a lock.
        """

    @abstractmethod
    async def execute(
        self, session: SessionT, statement: str, parameters: Sequence[Any] = (), /
    ) -> Sequence[tuple[Any, ...]]:
        """Execute a statement; returns its rows, none where it has no result."""

    async def look(self, db: DbT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Like `transact`, for work that only reads."""
        return await self.transact(db, what, work)

    def identity(self, db: DbT) -> str | None:
        """What tells the database from all others, by whatever way it is reached; None where that is not known."""
        return None

    async def version(self, db: DbT, session: SessionT) -> str:
        """What changes whenever a table may have been replaced, and differs for another database.

        Where `ActualTable.identity` numbers the tables, what tells the database from all others.
        """
        return self.identity(db) or ""

    def parameter(self, at: int) -> str:
        """How the parameter at that place, from 0, stands in a statement."""
        return "?"

    def database_of(self, context: ContextProvider, db_key: str) -> DbT:
        """What is provided under the context key of that name."""
        return self.database(context.get(db_key), f"the value of the context key {db_key!r}")

    # Errors.

    @property
    def errors(self) -> SqlErrors:
        """The exceptions that are raised."""
        return self.types.errors

    def explain(self, error: Exception, db: DbT, what: str) -> Exception:
        """The exception to raise where `what` failed, such as "writing rows of the table 'docs'".

        `error` itself is raised as it is: where `transact` tries the work again.
        """
        place = self.place(db)
        return self.errors.table(f"{what}{f' in {place}' if place else ''} failed: {error}")

    # Names.

    def folded(self, name: str) -> str:
        """The same text for all names that are one to the database, as where it ignores case."""
        return self.types.folded(name)

    def key_of_table(self, name: NameT) -> tuple[str, ...]:
        """What identifies a table in its database, in the keys of target states."""
        return (self.folded(cast("str", name)),)

    def table_of_key(self, key: tuple[str, ...]) -> NameT:
        """The name of the table under a key."""
        return cast("NameT", key[0])

    def shown(self, name: NameT) -> str:
        """What to call a table in messages."""
        return repr(name)

    def place(self, db: DbT) -> str:
        """What to call the database in messages, such as "the DuckDB database a.db"; empty for nothing."""
        return ""

    def where(self, db: DbT, name: NameT) -> str:
        """What to call a table and where it is, in messages."""
        place = self.place(db)
        return f"the table {self.shown(name)}{f' in {place}' if place else ''}"

    def quoted(self, name: str) -> str:
        """A name as it stands in statements, whatever it consists of; here in double quotes."""
        return quoted(name)

    def identifier(self, name: NameT) -> str:
        """The name of a table as it stands in statements."""
        return self.quoted(cast("str", name))
