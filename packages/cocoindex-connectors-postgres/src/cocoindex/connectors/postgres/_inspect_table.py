"""The actual state of a table, read from the database.

Postgres connector, table layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cocoindex.connectorkits.sql import Mark, quoted

from ._cursor import Connection, cursor_of, execute
from ._identifier import TableName
from ._row_key import KEY_TYPES, can_be_key
from ._table_record import ColumnRecord, TableRecord, is_same_column
from ._type_name import read_type

__all__ = [
    "ActualColumn",
    "ActualTable",
    "fits",
    "has_cascades",
    "inspect_table",
    "settable_columns",
    "unfit_keys",
    "unwritable",
]

_LOOK = """
    SELECT c.relkind IN ('r', 'p') AS is_table, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
           a.attnotnull, coalesce(pg_catalog.array_position(i.indkey::pg_catalog.int2[], a.attnum), -1), t.typtype,
           coalesce(l.collisdeterministic, true), pg_catalog.obj_description(c.oid, 'pg_class'), c.oid::text,
           c.relkind::text,
           a.attgenerated <> '' OR (a.attidentity = 'a' AND NOT a.attname::text = ANY ($3::text[])), (
               SELECT pg_catalog.bool_and(NOT EXISTS (
                   SELECT 1 FROM pg_catalog.pg_opclass o WHERE o.oid = ANY (u.indclass::pg_catalog.oid[])
                   AND o.opcnamespace <> 'pg_catalog'::pg_catalog.regnamespace
                   UNION ALL
                   SELECT 1 FROM pg_catalog.pg_collation d WHERE d.oid = ANY (u.indcollation::pg_catalog.oid[])
                   AND NOT d.collisdeterministic))
               FROM pg_catalog.pg_index u WHERE u.indrelid = c.oid AND u.indisunique AND u.indimmediate
               AND u.indpred IS NULL AND u.indisvalid AND ARRAY(
                   SELECT k.attname::text FROM pg_catalog.pg_attribute k
                   WHERE k.attrelid = c.oid AND k.attnum = ANY ((u.indkey::pg_catalog.int2[])[0:u.indnkeyatts - 1])
                   ORDER BY 1) = $3::text[] AND u.indnkeyatts = pg_catalog.cardinality($3::text[])),
           c.relkind = 'v' AND (pg_catalog.pg_relation_is_updatable(c.oid, false) <> 28 OR EXISTS (
               SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND t.tgtype & 64 <> 0))
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY a.attnum
"""
_OID = "(SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
_OID += " WHERE n.nspname = $1 AND c.relname = $2)"
_SETTABLE = f"""
    SELECT attname FROM pg_catalog.pg_attribute
    WHERE attrelid = {_OID} AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
_CASCADES = f"""
    SELECT 1 FROM pg_catalog.pg_constraint
    WHERE confrelid = {_OID} AND contype = 'f' AND (confdeltype IN ('c', 'n', 'd')) LIMIT 1
"""


class ActualColumn(NamedTuple):
    """A column of an existing table.

    Attributes:
        type: its type as the server writes it.
        is_as_declared: whether that is the declared type.
        not_null: whether it has a NOT NULL constraint.
        is_enum: whether its type is an enum.
        is_exact: whether its collation distinguishes all different texts.
        is_computed: whether the database generates its values, so that they cannot be written.
    """

    type: str
    is_as_declared: bool
    not_null: bool
    is_enum: bool
    is_exact: bool
    is_computed: bool


@dataclass(frozen=True)
class ActualTable:
    """An existing table, view or similar.

    Attributes:
        is_table: whether it is a table, partitioned or not.
        columns: its columns by name.
        primary_key: the names of its primary key columns, in their order.
        mark: the mark in its comment; None if it has none.
        identity: its OID.
        kind: its `relkind`.
        is_exact_key: whether the unique indexes on exactly the declared primary key columns distinguish all keys that
            are different for the types of the columns; None if there is no such index.
        cannot_upsert: whether it is a view that does not support upserts.
    """

    is_table: bool
    columns: dict[str, ActualColumn]
    primary_key: tuple[str, ...]
    mark: Mark | None
    identity: str
    kind: str
    is_exact_key: bool | None
    cannot_upsert: bool


async def inspect_table(connection: Connection, name: TableName, record: TableRecord) -> ActualTable | None:
    """Return the table or view of this name, or None if there is none; `record` has the declared columns."""
    rows = await execute(connection, _LOOK, (name.schema, name.table, sorted(record.primary_key)))
    if not rows:
        return None
    found = [row for row in rows if row[1] is not None]  # a table without columns gives one row without a column
    unlike = await _unlike_types(connection, name, record, [row[1] for row in found])
    keys = sorted((row[4], row[1]) for row in found if row[4] >= 0)
    return ActualTable(
        is_table=rows[0][0],
        columns={
            row[1]: ActualColumn(row[2], row[1] not in unlike, row[3], row[5] == "e", row[6], row[10]) for row in found
        },
        primary_key=tuple(column for _, column in keys),
        mark=Mark.read(rows[0][7]),
        identity=rows[0][8],
        kind=rows[0][9],
        is_exact_key=rows[0][11],
        cannot_upsert=rows[0][12],
    )


def fits(actual: ActualTable, record: TableRecord) -> bool:
    """Say whether the table has the declared columns and primary key; types are compared by name."""
    found = {
        name: ColumnRecord(column.type, not column.not_null)
        for name, column in actual.columns.items()
        if name in record.columns
    }
    if actual.primary_key != record.primary_key or len(found) < len(record.columns):
        return False
    return all(is_same_column(column, found[name]) for name, column in record.columns.items())


def unfit_keys(actual: ActualTable, record: TableRecord) -> Iterator[str]:
    """Yield the reasons, as texts, why a primary key column cannot identify rows in the way PostgreSQL does."""
    for name in record.primary_key:
        found, declared = actual.columns.get(name), record.columns[name].type
        if found is None:
            continue
        if not found.is_as_declared and not _stores_alike(found.type, declared):
            yield f"its key column {name!r} is {found.type}, not {declared}; declare it with its actual type"
        elif not found.is_exact:
            yield f"the collation of its key column {name!r} treats different texts as equal"
        elif not (found.is_enum or can_be_key(read_type(declared).of_values)):
            yield (
                f"its key column {name!r} has the type {declared}, for which it is unknown which values are equal in "
                f"PostgreSQL; a key is one of {', '.join(KEY_TYPES)}, or an enum"
            )


def unwritable(actual: ActualTable, record: TableRecord) -> Iterator[str]:
    """Yield the reasons, as texts, why rows cannot be written to the table as declared."""
    if actual.kind == "m":
        yield "it is a materialized view, into which no rows can be written"
    elif actual.kind == "f":
        yield "it is a foreign table, for which PostgreSQL has no upsert (INSERT ... ON CONFLICT)"
    elif actual.cannot_upsert:
        yield "PostgreSQL has no upsert (INSERT ... ON CONFLICT) for this view: declare the table behind it"
    elif actual.is_table and actual.is_exact_key is not True:
        key = ", ".join(record.primary_key)
        if actual.is_exact_key is False:
            yield f"a unique index on ({key}) treats different keys as equal, by its collation or operator class"
        else:
            yield f"the table needs a PRIMARY KEY or UNIQUE constraint on exactly ({key}), which is not deferrable"
    for name in record.columns:
        if name in actual.columns and actual.columns[name].is_computed:
            yield f"the values of its column {name!r} come from the database: leave the column out of the schema"


def _stores_alike(actual: str, declared: str) -> bool:
    """Say whether two types store the same value unchanged, and have the same equality."""
    bases = {read_type(actual).of_values.base, read_type(declared).of_values.base}
    return bases <= {"smallint", "integer", "bigint"} or bases <= {"text", "character varying"}


async def settable_columns(connection: Connection, name: TableName) -> list[str]:
    """Return the columns that a statement may set: all except generated columns."""
    rows = await execute(connection, _SETTABLE, (name.schema, name.table))
    return [column for (column,) in rows]


async def has_cascades(connection: Connection, name: TableName) -> bool:
    """Say whether deleting a row of this table deletes or changes rows of other tables."""
    return bool(await execute(connection, _CASCADES, (name.schema, name.table)))


async def _unlike_types(connection: Connection, name: TableName, record: TableRecord, present: list[str]) -> set[str]:
    """Return the columns whose type differs from the declared one; only the server knows all names of a type."""
    shared = [column for column in present if column in record.columns]
    if not shared:
        return set()
    pairs = [
        item for column in shared for item in (quoted(column), f"NULL::{_values_type(record.columns[column].type)}")
    ]
    query = f"SELECT {', '.join(pairs)} FROM {name.quoted} LIMIT 0"
    async with cursor_of(connection) as cursor:
        await cursor.execute(query)
        result = cursor.pgresult
        assert result is not None
        types = [(result.ftype(at), result.fmod(at)) for at in range(len(pairs))]
    return {column for at, column in enumerate(shared) if types[2 * at] != types[2 * at + 1]}


def _values_type(declared: str) -> str:
    """Return the type of a column's values, with modifiers such as a length."""
    name = read_type(declared)
    return name.of_values.base if name.is_serial else declared
