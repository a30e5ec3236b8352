"""A small connector on the kit, of SQLite through the standard library: once with a driver that blocks, once async."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar
from weakref import WeakKeyDictionary

import cocoindex as coco
from cocoindex.connectorkits import sql
from cocoindex.errors import ContextTypeError

T = TypeVar("T")

_MARKS = "CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, comment TEXT)"


class Dialect(sql.Dialect[Path, sqlite3.Connection]):
    """Each transaction has a connection of its own."""

    name = "lite"
    types: ClassVar[sql.TypeMap[Any]] = sql.TypeMap("Lite", [(int, "INTEGER"), (float, "REAL"), (str, "TEXT")], "TEXT")
    driver_error = sqlite3.Error
    blocking = True

    def database(self, value: object, where: str) -> Path:
        if isinstance(value, Path):
            return value
        raise ContextTypeError(f"{where} is a {type(value).__qualname__}, not the path of a database")

    async def transact(self, db: Path, what: str, work: Callable[[sqlite3.Connection], Awaitable[T]]) -> T:
        with closing(sqlite3.connect(db, isolation_level=None, check_same_thread=False)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            result = await work(connection)
            connection.execute("COMMIT")
            return result

    async def execute(
        self, session: sqlite3.Connection, statement: str, parameters: Sequence[Any] = (), /
    ) -> list[tuple[Any, ...]]:
        await self.pause()
        return session.execute(statement, parameters).fetchall()

    async def pause(self) -> None:
        """What an async driver does at each statement."""

    async def inspect(
        self, session: sqlite3.Connection, name: str, record: sql.TableRecord, /
    ) -> sql.ActualTable | None:
        found = session.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (name,)).fetchall()
        if not found:
            return None
        session.execute(_MARKS)
        mark = session.execute("SELECT comment FROM marks WHERE name = ?", (name,)).fetchone()
        keys = sorted((row[3], row[0]) for row in found if row[3])
        columns = {row[0]: sql.ActualColumn(row[1], bool(row[2])) for row in found}
        return sql.ActualTable(True, columns, tuple(name for _, name in keys), sql.Mark.read(mark and mark[0]))

    async def set_mark(
        self, session: sqlite3.Connection, name: str, record: sql.TableRecord, mark: sql.Mark, was: sql.Mark | None
    ) -> None:
        session.execute(_MARKS)
        session.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, mark.comment))

    async def drop(self, session: sqlite3.Connection, name: str) -> None:
        session.execute("DELETE FROM marks WHERE name = ?", (name,))
        await super().drop(session, name)

    def is_of_a_row(self, error: Exception) -> bool:
        return isinstance(error, (sqlite3.IntegrityError, sqlite3.DataError))

    def rows(self, db: Path, name: str, spec: sql.SourceSpec[Any]) -> Generator[list[dict[str, Any]], None, None]:
        with closing(sqlite3.connect(db)) as connection:
            cursor = connection.execute(f"SELECT {', '.join(spec.columns or '*')} FROM {sql.quoted(name)}")
            names = [column[0] for column in cursor.description]
            while rows := cursor.fetchmany(2):
                yield [dict(zip(names, row, strict=True)) for row in rows]


class AsyncDialect(Dialect):
    """The same with a driver that is async."""

    name = "lite_async"
    blocking = False

    def __init__(self) -> None:
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

    async def transact(self, db: Path, what: str, work: Callable[[sqlite3.Connection], Awaitable[T]]) -> T:
        async with self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            return await super().transact(db, what, work)

    async def pause(self) -> None:
        await asyncio.sleep(0)


BLOCKING, ASYNC = Dialect(), AsyncDialect()
TABLES = {dialect.name: sql.Tables(dialect, f"test/{dialect.name}/table") for dialect in (BLOCKING, ASYNC)}


class TableSchema(sql.TableSchema[sql.RowT], Generic[sql.RowT]):
    """The columns of a table."""

    types = Dialect.types


class Table(sql.TableTarget[sql.RowT], Generic[sql.RowT]):
    """A table."""

    dialect = BLOCKING


class Source(sql.TableSource[sql.RowT], Generic[sql.RowT]):
    """A table that is read."""

    dialect = BLOCKING


async def mount(
    dialect: Dialect, db: coco.ContextKey[Path], name: str, schema: sql.TableSchema[sql.RowT], **options: Any
) -> Table[sql.RowT]:
    """Have a table made, and return it ready for its rows."""
    return Table(await TABLES[dialect.name].mount(db, name, schema, **options), schema, table_name=name)
