"""The SQL that is run, with every name composed by `psycopg.sql`.

Postgres connector, table layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from psycopg import sql

from ._identifier import TableName
from ._table_record import ColumnRecord, TableRecord
from ._type_name import read_type

__all__ = [
    "create_schema",
    "delete_rows",
    "find_rows",
    "replace_staged",
    "stage",
    "upsert_row",
    "upsert_staged",
    "value_type",
    "values_type",
]

_COMMA = sql.SQL(", ")
_AND = sql.SQL(" AND ")
# Every column is named with one of these, so that no name of a user's means something else than a column.
_TARGET = sql.Identifier("target")
_STAGED = sql.Identifier("staged")
_GONE = sql.Identifier("gone")
_MODIFIERS = re.compile(r"\([^)]*\)")


def values_type(column: ColumnRecord) -> sql.SQL:
    """The type of its values as SQL, with a length and the like."""
    name = read_type(column.type)
    return sql.SQL(name.of_values.base) if name.is_serial else sql.SQL(column.type)


def value_type(column: ColumnRecord) -> sql.SQL:
    """The type as SQL for casts, without a length and the like.

    An explicit cast to `varchar(5)` cuts a longer text; storing one that is not cast so is an error.
    """
    name = read_type(column.type).of_values
    if name.base.startswith("character") and not name.base.startswith("character varying"):
        return sql.SQL(name.base.replace("character", "bpchar"))  # `character` alone has the length 1
    if read_type(column.type).is_serial:
        return sql.SQL(name.base)
    return sql.SQL(column.type if name.base == "bit" else _MODIFIERS.sub("", column.type))


def create_schema(name: TableName) -> sql.Composed:
    """CREATE SCHEMA, which is no error where it is there."""
    return sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name.schema))


def stage(staging: sql.Composable, types: Sequence[sql.Composable]) -> sql.Composed:
    """CREATE TEMPORARY TABLE with columns c0, c1, … of these types, which the end of the transaction drops."""
    columns = [sql.SQL("{} {}").format(name, kind) for name, kind in zip(_staged(len(types)), types, strict=True)]
    return sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(staging, _COMMA.join(columns))


def upsert_staged(
    name: TableName, record: TableRecord, staging: sql.Composable, casts: Sequence[sql.Composable | None]
) -> sql.Composed:
    """INSERT of all rows of the staging table, each of which updates the row with its key where there is one.

    Args:
        casts: the type that a staged column is to be cast to; None where it has it already.
    """
    values = [_cast(column, cast_to) for column, cast_to in zip(_staged(len(casts)), casts, strict=True)]
    return sql.SQL("INSERT INTO {} AS {} ({}) SELECT {} FROM {} {}").format(
        name.identifier, _TARGET, _names(record.stored_columns), _COMMA.join(values), staging, _on_conflict(record)
    )


def upsert_row(
    name: TableName,
    record: TableRecord,
    types: Sequence[sql.Composable],
    casts: Sequence[sql.Composable | None],
) -> sql.Composed:
    """INSERT of one row, with a parameter of the staged type for each of the stored columns; see `upsert_staged`."""
    parameters = [sql.SQL("{}::{}").format(at, kind) for at, kind in zip(_parameters(len(types)), types, strict=True)]
    values = [_cast(parameter, cast_to) for parameter, cast_to in zip(parameters, casts, strict=True)]
    return sql.SQL("INSERT INTO {} AS {} ({}) VALUES ({}) {}").format(
        name.identifier, _TARGET, _names(record.stored_columns), _COMMA.join(values), _on_conflict(record)
    )


def delete_rows(name: TableName, record: TableRecord) -> sql.Composed:
    """DELETE of rows, with a parameter for each primary key column: the texts of its values, as an array.

    The texts are cast to types without length or scale: one that does not fit finds no row, instead of another one.
    """
    return sql.SQL("DELETE FROM {} AS {} USING {} WHERE {}").format(
        name.identifier, _TARGET, _keys(record), _same_key(record, _TARGET)
    )


def find_rows(name: TableName, record: TableRecord) -> sql.Composed:
    """SELECT of the numbers, from 1, of those keys under which there are rows; they are given as for `delete_rows`."""
    return sql.SQL("SELECT DISTINCT {}.n FROM {} AS {}, {} WHERE {}").format(
        _STAGED, name.identifier, _TARGET, _keys(record, numbered=True), _same_key(record, _TARGET)
    )


def _keys(record: TableRecord, *, numbered: bool = False) -> sql.Composed:
    arrays = [sql.SQL("pg_catalog.unnest({}::text[])").format(at) for at in _parameters(len(record.primary_key))]
    columns = _staged(len(record.primary_key))
    if numbered:
        columns.append(sql.Identifier("n"))
    words = sql.SQL("ROWS FROM ({}) WITH ORDINALITY AS {} ({})" if numbered else "ROWS FROM ({}) AS {} ({})")
    return words.format(_COMMA.join(arrays), _STAGED, _COMMA.join(columns))


def replace_staged(
    name: TableName,
    record: TableRecord,
    staging: sql.Composable,
    casts: Sequence[sql.Composable | None],
    others: Sequence[str],
) -> sql.Composed:
    """Delete the rows that the staging table has anew and insert them as they are there, in one statement.

    So no row is in the way of another one whose unique value it gives up or takes over.

    Args:
        casts: the type that a staged column is to be cast to; None where it has it already.
        others: columns that are not ours, whose values stay.
    """
    stored = record.stored_columns
    values = [_of_staged(at, cast_to) for at, cast_to in enumerate(casts)]
    keys = [sql.Identifier(f"k{at}") for at in range(len(record.primary_key))]
    kept = [sql.Identifier(f"o{at}") for at in range(len(others))]
    same = [
        sql.SQL("{}.{} = {}").format(_GONE, key, values[stored.index(column)])
        for key, column in zip(keys, record.primary_key, strict=True)
    ]
    returned = [sql.SQL("{}.{}").format(_TARGET, sql.Identifier(column)) for column in (*record.primary_key, *others)]
    old = [
        sql.SQL("{}.{} = {}").format(_TARGET, sql.Identifier(column), values[stored.index(column)])
        for column in record.primary_key
    ]
    # Whether any are deleted is asked first, so that all are before the first row is inserted.
    return sql.SQL(
        "WITH {gone} ({names}) AS (DELETE FROM {table} AS {target} USING {staging} AS {staged} WHERE {old}"
        " RETURNING {returned}) INSERT INTO {table} AS {target} ({columns}) OVERRIDING SYSTEM VALUE"
        " SELECT {values} FROM {staging} AS {staged} JOIN {gone} ON {same}"
        " WHERE (SELECT pg_catalog.count(*) FROM {gone}) > 0"
    ).format(
        gone=_GONE,
        names=_COMMA.join((*keys, *kept)),
        table=name.identifier,
        target=_TARGET,
        staging=staging,
        staged=_STAGED,
        old=_AND.join(old),
        returned=_COMMA.join(returned),
        columns=_names((*stored, *others)),
        values=_COMMA.join((*values, *(sql.SQL("{}.{}").format(_GONE, column) for column in kept))),
        same=_AND.join(same),
    )


def _of_staged(at: int, cast_to: sql.Composable | None) -> sql.Composable:
    return _cast(sql.SQL("{}.{}").format(_STAGED, sql.Identifier(f"c{at}")), cast_to)


def _same_key(record: TableRecord, table: sql.Composable) -> sql.Composed:
    conditions = [
        sql.SQL("{}.{} = {}").format(table, sql.Identifier(column), _of_staged(at, value_type(record.columns[column])))
        for at, column in enumerate(record.primary_key)
    ]
    return _AND.join(conditions)


def _on_conflict(record: TableRecord) -> sql.Composed:
    """Columns that others added to the table stay as they are."""
    updates = [
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(column))
        for column in record.stored_columns
        if column not in record.primary_key
    ]
    action = sql.SQL("DO UPDATE SET {}").format(_COMMA.join(updates)) if updates else sql.SQL("DO NOTHING")
    return sql.SQL("ON CONFLICT ({}) {}").format(_names(record.primary_key), action)


def _names(columns: Iterable[str]) -> sql.Composed:
    return _COMMA.join(map(sql.Identifier, columns))


def _parameters(count: int) -> list[sql.SQL]:
    return [sql.SQL(f"${at}") for at in range(1, count + 1)]


def _staged(count: int) -> list[sql.Identifier]:
    return [sql.Identifier(f"c{at}") for at in range(count)]


def _cast(value: sql.Composable, cast_to: sql.Composable | None) -> sql.Composable:
    return value if cast_to is None else sql.SQL("{}::{}").format(value, cast_to)
