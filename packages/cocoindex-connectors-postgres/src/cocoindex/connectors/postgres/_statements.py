"""Generates the SQL statements for rows, with every name quoted.

Postgres connector, row layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cocoindex.connectorkits.sql import quoted

from ._identifier import TableName
from ._table_record import ColumnRecord, TableRecord
from ._type_name import read_type

__all__ = [
    "delete_rows",
    "find_rows",
    "replace_staged",
    "same_row",
    "stage",
    "upsert_row",
    "upsert_staged",
    "value_type",
]

# Every column is qualified with one of these aliases, so that no user-defined column name is taken for something else.
_TARGET, _STAGED, _GONE = map(quoted, ("target", "staged", "gone"))
_MODIFIERS = re.compile(r"\([^)]*\)")


def value_type(column: ColumnRecord) -> str:
    """Return the type of a column as SQL for casts, without modifiers such as a length.

    An explicit cast to `varchar(5)` would cut off a longer text; without that cast, storing the text is an error. The
    type is safe to insert into SQL: `TableSchema` has checked that it is the text of a type.
    """
    name = read_type(column.type).of_values
    if name.base.startswith("character") and not name.base.startswith("character varying"):
        return name.base.replace("character", "bpchar")  # `character` without a length means `character(1)`
    if read_type(column.type).is_serial or name.base == "real":  # the type may be written as float(n)
        return name.base
    return column.type if name.base == "bit" else _MODIFIERS.sub("", column.type)


def stage(staging: str, types: Sequence[str]) -> str:
    """Return CREATE TEMPORARY TABLE with columns c0, c1, … of these types; the table ends with the transaction."""
    columns = ", ".join(f"c{at} {kind}" for at, kind in enumerate(types))
    return f"CREATE TEMPORARY TABLE {staging} ({columns}) ON COMMIT DROP"


def upsert_staged(
    name: TableName, record: TableRecord, staging: str, casts: Sequence[str | None], *, visible: bool = False
) -> str:
    """Return the statement that upserts all rows of the staging table: INSERT, or UPDATE of the row with the same key.

    Args:
        name: the table.
        record: its columns and primary key.
        staging: the staging table.
        casts: the type to cast each staged column to; None if it has the right type already.
        visible: whether to update only rows that a SELECT finds: a view can hide rows of the table behind it.
    """
    values = ", ".join(_cast(f"c{at}", cast_to) for at, cast_to in enumerate(casts))
    return f"{_insert(name, record)} SELECT {values} FROM {staging} {_on_conflict(name, record, visible)}"


def upsert_row(
    name: TableName, record: TableRecord, types: Sequence[str], casts: Sequence[str | None], *, visible: bool = False
) -> str:
    """Return the upsert of one row, with a parameter of the staged type for each stored column; see `upsert_staged`."""
    both = enumerate(zip(types, casts, strict=True), 1)
    values = ", ".join(_cast(f"${at}::{kind}", cast_to) for at, (kind, cast_to) in both)
    return f"{_insert(name, record)} VALUES ({values}) {_on_conflict(name, record, visible)}"


def same_row(table: str, record: TableRecord, types: Sequence[str]) -> str:
    """Return a SELECT that finds the row if it has the values written by `upsert_row` with the same parameters.

    The primary key is compared as it is; other values are compared as texts, since not all types have an equality.

    Args:
        table: as for `delete_rows`.
        record: the columns and the primary key of the table.
        types: the types of the parameters, as for `upsert_row`.
    """
    same = []
    for at, (column, kind) in enumerate(zip(record.stored_columns, types, strict=True), 1):
        found, value = f"{_TARGET}.{quoted(column)}", f"${at}::{kind}"
        declared = record.columns[column]
        if column in record.primary_key:
            same.append(f"{found} = {value}::{value_type(declared)}")
        else:
            stored = read_type(declared.type)
            of_column = value_type(declared) if stored.is_serial else declared.type
            same.append(f"{found}::text IS NOT DISTINCT FROM ({value}::{of_column})::text")
    return f"SELECT 1 FROM {table} AS {_TARGET} WHERE {' AND '.join(same)}"


def delete_rows(table: str, record: TableRecord) -> str:
    """Return a DELETE of rows, with a parameter for each primary key column: an array of its values as texts.

    The texts are cast to types without length or scale: a value that does not fit finds no row, instead of a wrong one.

    Args:
        table: the table as written after FROM; with ONLY, if the rows of tables that inherit from it must stay.
        record: the columns and the primary key of the table.
    """
    return f"DELETE FROM {table} AS {_TARGET} USING {_keys(record)} WHERE {_same_key(record)}"


def find_rows(table: str, record: TableRecord) -> str:
    """Return a SELECT of the positions, from 1, of the keys that have rows; keys are given as for `delete_rows`."""
    keys = _keys(record, numbered=True)
    return f"SELECT DISTINCT {_STAGED}.n FROM {table} AS {_TARGET}, {keys} WHERE {_same_key(record)}"


def replace_staged(
    name: TableName, table: str, record: TableRecord, staging: str, casts: Sequence[str | None], others: Sequence[str]
) -> str:
    """Return a statement that deletes the existing rows with staged keys and inserts the staged rows instead.

    As this is one statement, rows can exchange the values of a UNIQUE column without a conflict.

    Args:
        name: the table.
        table: the table as for `delete_rows`.
        record: its columns and primary key.
        staging: the staging table.
        casts: the type to cast each staged column to; None if it has the right type already.
        others: columns of the table that are not in `record`; their values are kept.
    """
    stored, key = record.stored_columns, record.primary_key
    values = [_cast(f"{_STAGED}.c{at}", cast_to) for at, cast_to in enumerate(casts)]
    of_key = [values[stored.index(column)] for column in key]
    kept = [f"o{at}" for at in range(len(others))]
    names = ", ".join((*(f"k{at}" for at in range(len(key))), *kept))
    old = " AND ".join(f"{_TARGET}.{quoted(column)} = {value}" for column, value in zip(key, of_key, strict=True))
    same = " AND ".join(f"{_GONE}.k{at} = {value}" for at, value in enumerate(of_key))
    returned = ", ".join(f"{_TARGET}.{quoted(column)}" for column in (*key, *others))
    inserted = ", ".join((*values, *(f"{_GONE}.{column}" for column in kept)))
    # The count in the WHERE clause makes the server finish all deletions before it inserts the first row.
    return (
        f"WITH {_GONE} ({names}) AS (DELETE FROM {table} AS {_TARGET} USING {staging} AS {_STAGED} WHERE {old}"
        f" RETURNING {returned}) INSERT INTO {name.quoted} AS {_TARGET} ({_names((*stored, *others))})"
        f" OVERRIDING SYSTEM VALUE SELECT {inserted} FROM {staging} AS {_STAGED} JOIN {_GONE} ON {same}"
        f" WHERE (SELECT pg_catalog.count(*) FROM {_GONE}) > 0"
    )


def _insert(name: TableName, record: TableRecord) -> str:
    # A table that others created may have a key that is GENERATED ALWAYS AS IDENTITY; other columns are not affected.
    return f"INSERT INTO {name.quoted} AS {_TARGET} ({_names(record.stored_columns)}) OVERRIDING SYSTEM VALUE"


def _keys(record: TableRecord, *, numbered: bool = False) -> str:
    count = len(record.primary_key)
    arrays = ", ".join(f"pg_catalog.unnest(${at}::text[])" for at in range(1, count + 1))
    columns = ", ".join([*(f"c{at}" for at in range(count)), *(["n"] if numbered else [])])
    return f"ROWS FROM ({arrays}){' WITH ORDINALITY' if numbered else ''} AS {_STAGED} ({columns})"


def _same_key(record: TableRecord) -> str:
    return " AND ".join(
        f"{_TARGET}.{quoted(column)} = {_STAGED}.c{at}::{value_type(record.columns[column])}"
        for at, column in enumerate(record.primary_key)
    )


def _on_conflict(name: TableName, record: TableRecord, visible: bool) -> str:
    """Return the ON CONFLICT clause; columns that others added to the table stay as they are."""
    updated = [quoted(column) for column in record.stored_columns if column not in record.primary_key]
    updates = ", ".join(f"{column} = EXCLUDED.{column}" for column in updated)
    if updates and visible:
        seen = quoted("seen")
        same = " AND ".join(f"{seen}.{column} = {_TARGET}.{column}" for column in map(quoted, record.primary_key))
        updates += f" WHERE EXISTS (SELECT 1 FROM {name.quoted} AS {seen} WHERE {same})"
    return f"ON CONFLICT ({_names(record.primary_key)}) DO {f'UPDATE SET {updates}' if updates else 'NOTHING'}"


def _names(columns: Iterable[str]) -> str:
    return ", ".join(map(quoted, columns))


def _cast(value: str, cast_to: str | None) -> str:
    return value if cast_to is None else f"{value}::{cast_to}"
