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
    """Access to the database, conversion of its errors, and spelling of names; see `Dialect`."""

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
        """Return `value`, which a program provides, if it is a database of this connector; here a `connection_type`.

        Raises:
            ContextTypeError: it is not; the message begins with `where`, such as "the value of the context key 'db'".
        """
        if isinstance(value, self.connection_type):
            return cast("DbT", value)
        raise ContextTypeError(
            f"{where} is a {type(value).__qualname__}; provide what {self.name}.connect() makes, or call "
            f"builder.provide_with(key, {self.name}.managed_connection(...)) in the lifespan"
        )

    @abstractmethod
    async def transact(self, db: DbT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Run `work(session)` in a transaction; commit it at the end, or roll it back if `work` raises.

        It may run `work` again after a temporary error, such as a conflict with another transaction. `what` names the
        operation in the message if the transaction cannot be begun or committed. No other statements may run in the
        transaction; if the driver does not ensure this, hold a lock.
        """

    @abstractmethod
    async def execute(
        self, session: SessionT, statement: str, parameters: Sequence[Any] = (), /
    ) -> Sequence[tuple[Any, ...]]:
        """Execute a statement and return its rows; an empty sequence if it returns none."""

    async def look(self, db: DbT, what: str, work: Callable[[SessionT], Awaitable[T]]) -> T:
        """Like `transact`, for work that only reads."""
        return await self.transact(db, what, work)

    def identity(self, db: DbT) -> str | None:
        """Return a text that identifies the database however it was opened; None if that is unknown."""
        return None

    async def version(self, db: DbT, session: SessionT) -> str:
        """Return a text that differs between databases and changes whenever a table may have been replaced.

        Before it writes rows, the kit inspects a table again, unless the version is the same as before and not empty.
        If the dialect sets `ActualTable.identity`, the version only has to identify the database; the table is then
        inspected in every transaction. The default is `identity`, or an empty text.
        """
        return self.identity(db) or ""

    def parameter(self, at: int) -> str:
        """Return the placeholder of the parameter at position `at`, counted from 0."""
        return "?"

    def database_of(self, context: ContextProvider, db_key: str) -> DbT:
        """Return the database that is provided under the context key with this name."""
        return self.database(context.get(db_key), f"the value of the context key {db_key!r}")

    # Errors.

    @property
    def errors(self) -> SqlErrors:
        """The exception classes to raise."""
        return self.types.errors

    def explain(self, error: Exception, db: DbT, what: str) -> Exception:
        """Return the exception to raise for an error of the driver.

        Return `error` itself to raise it unchanged, for example so that `transact` can retry the work.

        Args:
            error: the error of the driver.
            db: the database.
            what: the operation that failed, such as "writing rows of the table 'docs'".
        """
        place = self.place(db)
        return self.errors.table(f"{what}{f' in {place}' if place else ''} failed: {self.reason(error)}")

    def reason(self, error: Exception) -> str:
        """Return what the database says of an error, for messages; in one line."""
        return str(error)

    # Names.

    def folded(self, name: str) -> str:
        """Return the same text for all names that the database considers equal, such as names in another case."""
        return self.types.folded(name)

    def key_of_table(self, name: NameT) -> tuple[str, ...]:
        """Return what identifies a table in its database; it becomes part of target state keys."""
        return (self.folded(cast("str", name)),)

    def table_of_key(self, key: tuple[str, ...]) -> NameT:
        """Return the name of the table with this key."""
        return cast("NameT", key[0])

    def shown(self, name: NameT) -> str:
        """Return the name of a table for messages."""
        return repr(name)

    def place(self, db: DbT) -> str:
        """Return the name of the database for messages, such as "the DuckDB database a.db"; empty to leave it out."""
        return ""

    def where(self, db: DbT, name: NameT) -> str:
        """Return the name and the place of a table for messages."""
        place = self.place(db)
        return f"the table {self.shown(name)}{f' in {place}' if place else ''}"

    def quoted(self, name: str) -> str:
        """Quote any name for use in a statement; here with double quotes."""
        return quoted(name)

    def identifier(self, name: NameT) -> str:
        """Return the quoted name of a table for use in a statement."""
        return self.quoted(cast("str", name))
