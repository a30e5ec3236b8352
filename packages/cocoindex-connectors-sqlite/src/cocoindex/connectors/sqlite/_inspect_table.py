"""The actual state of a table, read from the database.

SQLite connector, table layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cocoindex.connectorkits.sql import Differences

from ._column import affinity_of
from ._driver import sqlite3
from ._identifier import folded, quoted
from ._key_collation import collation_of, without_collation
from ._statements import create_table
from ._table_mark import Mark, read_mark, without_mark
from ._table_record import TableRecord
from .errors import SqliteSchemaError

__all__ = [
    "ActualColumn",
    "ActualTable",
    "check_definition",
    "differences",
    "inspect_table",
    "unfit_keys",
    "unwritable",
]


class ActualColumn(NamedTuple):
    """A column as reported by `PRAGMA table_xinfo`.

    Attributes:
        type: its declared type, in upper case.
        not_null: whether it has a NOT NULL constraint.
        key_position: its position in the primary key, from 1; 0 outside the primary key.
        is_computed: whether it is a generated column.
    """

    type: str
    not_null: bool
    key_position: int
    is_computed: bool = False


@dataclass(frozen=True)
class ActualTable:
    """An existing table or view.

    Attributes:
        is_view: whether it is a view.
        columns: its columns by lower-case name; empty for a virtual table.
        sql: the statement that created it, without the mark.
        mark: its mark; None if it has none.
        extras: descriptions of the indexes and triggers that others added.
        unique: the unique indexes; of each the columns and their collations in it.
        is_hidden: whether the connection has a temporary table or view of the same name.
    """

    is_view: bool
    columns: dict[str, ActualColumn]
    sql: str
    mark: Mark | None = None
    extras: tuple[str, ...] = ()
    unique: frozenset[frozenset[tuple[str, str]]] = frozenset()
    is_hidden: bool = False

    identity = ""  # SQLite has no identifiers of tables

    @property
    def is_virtual(self) -> bool:
        return self.sql.upper().startswith("CREATE VIRTUAL")

    @property
    def is_table(self) -> bool:
        return not self.is_view

    @property
    def primary_key(self) -> tuple[str, ...]:
        by_position = sorted((column.key_position, name) for name, column in self.columns.items())
        return tuple(name for position, name in by_position if position)


def inspect_table(connection: sqlite3.Connection, name: str) -> ActualTable | None:
    """Return the table or view of this name; None if there is none."""
    row = connection.execute(
        "SELECT type, sql, name FROM sqlite_master WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')", (name,)
    ).fetchone()
    if row is None:
        return None
    if row[1].upper().startswith("CREATE VIRTUAL"):  # reading its columns would need its module
        sql, mark = without_mark(row[1])
        return ActualTable(is_view=False, columns={}, sql=sql, mark=mark)
    columns = connection.execute(
        "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?, 'main')", (name,)
    ).fetchall()
    hanging = connection.execute(
        "SELECT type, name FROM sqlite_master WHERE tbl_name = ? COLLATE NOCASE AND type IN ('index', 'trigger')"
        " AND sql IS NOT NULL ORDER BY name",
        (name,),
    ).fetchall()
    marks = [mark for kind, found in hanging if kind == "index" and (mark := read_mark(found)) is not None]
    return ActualTable(
        is_view=row[0] == "view",
        columns={folded(c[0]): ActualColumn(c[1].upper(), bool(c[2]), c[3], c[4] > 1) for c in columns},
        sql=row[1],
        mark=marks[0] if marks else None,
        extras=tuple(f"the {kind} {found!r}" for kind, found in hanging if read_mark(found) is None),
        unique=frozenset(_unique(connection, name)),
        is_hidden=bool(connection.execute(_HIDING, (name,)).fetchall()),
    )


_HIDING = "SELECT 1 FROM sqlite_temp_master WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')"


def _unique(connection: sqlite3.Connection, name: str) -> Iterator[frozenset[tuple[str, str]]]:
    """Yield the columns of each unique index that covers all rows, with their collations."""
    query = "SELECT name FROM pragma_index_list(?, 'main') WHERE \"unique\" AND NOT partial"
    for (index,) in connection.execute(query, (name,)).fetchall():
        columns = connection.execute(
            "SELECT name, coll FROM pragma_index_xinfo(?, 'main') WHERE key", (index,)
        ).fetchall()
        if all(column is not None for column, _ in columns):  # None stands for an expression
            yield frozenset((folded(column), collation.upper()) for column, collation in columns)


def unwritable(actual: ActualTable, record: TableRecord) -> Iterator[str]:
    """Yield the reasons, as texts, why rows cannot be written to the table as declared."""
    if record.vec0 is not None:
        return
    key = {folded(column): collation_of(record.columns[column].type) for column in record.primary_key}
    on_key = [dict(index) for index in actual.unique if dict(index).keys() == key.keys()]
    columns = ", ".join(record.primary_key)
    if actual.is_hidden:
        yield "a temporary table or view of the same name hides it from this connection"
    elif actual.is_view:
        yield "it is a view, and SQLite has no upsert (INSERT ... ON CONFLICT) for views: declare the table behind it"
    elif actual.is_virtual:
        yield "it is a virtual table, which does not support upserts; a vec0 table is declared with virtual_table_def="
    elif not on_key and key.keys() != set(actual.primary_key):
        yield f"the table needs a PRIMARY KEY or UNIQUE constraint on exactly ({columns})"
    elif any(collations != key for collations in on_key):
        yield f"a PRIMARY KEY or UNIQUE index on ({columns}) has another collation than its columns"
    for name in record.columns:
        if (found := actual.columns.get(folded(name))) is not None and found.is_computed:
            yield f"the values of its column {name!r} come from the database: leave the column out of the schema"


def unfit_keys(actual: ActualTable, name: str, record: TableRecord) -> Iterator[str]:
    """Yield the reasons, as texts, why a primary key column cannot identify rows in the way SQLite does."""
    if actual.is_view or actual.is_virtual:
        return
    for column in record.primary_key:
        found, declared = actual.columns.get(folded(column)), record.columns[column].type
        if found is None:
            continue
        # A column without a type stores every value unchanged.
        if affinity_of(found.type) not in ("BLOB", affinity_of(without_collation(declared))):
            yield f"its key column {column!r} is {found.type or 'without a type'}, not {declared}"
        collation = _actual_collation(actual.sql, name, column)
        if collation != collation_of(declared):
            yield (
                f"its key column {column!r} has the collation {collation}, not {collation_of(declared)}; say so in the "
                f"type of the column, as in 'TEXT COLLATE {collation}'"
            )


@lru_cache(maxsize=256)
def _actual_collation(sql: str, name: str, column: str) -> str:
    # SQLite reports the collation of a column only through an index on it.
    with closing(sqlite3.connect(":memory:")) as scratch:
        try:
            _create(scratch, sql)
            (found,) = scratch.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE", (name,)
            ).fetchone()
            scratch.execute(f"CREATE INDEX probe ON {quoted(found)} ({quoted(column)})")
            ((collation,),) = scratch.execute("SELECT coll FROM pragma_index_xinfo('probe') WHERE key").fetchall()
        except (sqlite3.Error, TypeError, ValueError) as error:
            return f"unknown ({error})"
    return str(collation).upper()


def _create(scratch: sqlite3.Connection, sql: str) -> None:
    """Create a table of others, which may use functions and collations that their connections define."""
    defined: set[str] = set()
    while True:
        try:
            scratch.execute(sql)
            return
        except sqlite3.OperationalError as error:
            missing = _MISSING.match(str(error))
            if missing is None or missing[0] in defined:
                raise
            defined.add(missing[0])
            if missing[1] == "function":
                scratch.create_function(missing[2], -1, lambda *values: None, deterministic=True)
            else:
                scratch.create_collation(missing[2], lambda one, other: 0)


_MISSING = re.compile(r"no such (function|collation sequence): (.+)")


def check_definition(name: str, record: TableRecord) -> None:
    """Raise SqliteSchemaError if SQLite cannot create a table with this record."""
    if not name or "\0" in name or folded(name).startswith("sqlite_"):
        raise SqliteSchemaError(
            f"the name of a table must not be empty, contain NUL or begin with sqlite_, but it is {name!r}"
        )
    for what in (name, *record.columns):
        if any("\ud800" <= letter <= "\udfff" for letter in what):
            raise SqliteSchemaError(f"a name contains half of a surrogate pair, which is not a character: {what!r}")
    if record.vec0 is None:
        _as_made(name, create_table(name, record), len(record.columns))


def differences(actual: ActualTable, name: str, record: TableRecord) -> Differences:
    """Return how the table differs from `record`; additional columns do not count as a difference."""
    sql = create_table(name, record)
    if actual.is_view or actual.is_virtual or record.vec0 is not None:
        is_same = not actual.is_view and folded(actual.sql) == folded(sql)
        return Differences((), () if is_same else (f"it was made by {actual.sql!r}",))
    expected = _as_made(name, sql, len(record.columns)).columns
    wrong = [*_unlike(actual, expected), *_extra_keys(actual, expected)]
    return Differences(tuple(name for name in record.columns if folded(name) not in actual.columns), tuple(wrong))


def _unlike(actual: ActualTable, expected: dict[str, ActualColumn]) -> Iterator[str]:
    for name, column in expected.items():
        found = actual.columns.get(name)
        if found is not None and found != column:
            yield f"its column {name!r} is {_describe(found)}, not {_describe(column)}"


def _extra_keys(actual: ActualTable, expected: dict[str, ActualColumn]) -> Iterator[str]:
    for name, column in actual.columns.items():
        if column.key_position and name not in expected:
            yield f"its primary key has the column {name!r} too"


def _describe(column: ActualColumn) -> str:
    key = f" PRIMARY KEY (number {column.key_position})" if column.key_position else ""
    computed = " computed by the database" if column.is_computed else ""
    return f"{column.type}{' NOT NULL' if column.not_null else ''}{key}{computed}"


@lru_cache(maxsize=256)
def _as_made(name: str, sql: str, column_count: int) -> ActualTable:
    # The only way to find out how SQLite reads a column's type is to create the table in a scratch database.
    with closing(sqlite3.connect(":memory:")) as scratch:
        try:
            scratch.execute(sql)
        except (sqlite3.Error, sqlite3.Warning) as error:  # pysqlite3 raises Warning for more than one statement
            raise SqliteSchemaError(
                f"SQLite cannot make the table {name!r} with {sql}: {error}; check the types of its columns"
            ) from error
        table = inspect_table(scratch, name)
    if table is None or len(table.columns) != column_count:
        raise SqliteSchemaError(f"the type of a column of the table {name!r} is not valid: {sql}")
    return table
