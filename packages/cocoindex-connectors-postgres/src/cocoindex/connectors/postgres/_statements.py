"""The SQL that is run on rows, with every name quoted.

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

# Every column is named with one of these, so that no name of a user's means something else than a column.
_TARGET, _STAGED, _GONE = map(quoted, ("target", "staged", "gone"))
_MODIFIERS = re.compile(r"\([^)]*\)")


def value_type(column: ColumnRecord) -> str:
    """The type as SQL for casts, without a length and the like. `TableSchema` let through only texts of types.

    An explicit cast to `varchar(5)` cuts a longer text; storing one that is not cast so is an error.
    """
    name = read_type(column.type).of_values
    if name.base.startswith("character") and not name.base.startswith("character varying"):
        return name.base.replace("character", "bpchar")  # `character` alone has the length 1
    if read_type(column.type).is_serial or name.base == "real":  # which float(n) may be
        return name.base
    return column.type if name.base == "bit" else _MODIFIERS.sub("", column.type)


def stage(staging: str, types: Sequence[str]) -> str:
    """CREATE TEMPORARY TABLE with columns c0, c1, … of these types, which the end of the transaction drops."""
    columns = ", ".join(f"c{at} {kind}" for at, kind in enumerate(types))
    return f"CREATE TEMPORARY TABLE {staging} ({columns}) ON COMMIT DROP"


def upsert_staged(name: TableName, record: TableRecord, staging: str, casts: Sequence[str | None]) -> str:
    """INSERT of all rows of the staging table, each of which updates the row with its key where there is one.

    Args:
        casts: the type that a staged column is to be cast to; None where it has it already.
    """
    values = ", ".join(_cast(f"c{at}", cast_to) for at, cast_to in enumerate(casts))
    return f"{_insert(name, record)} SELECT {values} FROM {staging} {_on_conflict(record)}"


def upsert_row(name: TableName, record: TableRecord, types: Sequence[str], casts: Sequence[str | None]) -> str:
    """INSERT of one row, with a parameter of the staged type for each of the stored columns; see `upsert_staged`."""
    both = enumerate(zip(types, casts, strict=True), 1)
    values = ", ".join(_cast(f"${at}::{kind}", cast_to) for at, (kind, cast_to) in both)
    return f"{_insert(name, record)} VALUES ({values}) {_on_conflict(record)}"


def same_row(table: str, record: TableRecord, types: Sequence[str]) -> str:
    """SELECT of the row that has the values of one that `upsert_row` wrote, with the same parameters.

    Values are compared as texts, as not all types can be compared; the primary key as it is.

    Args:
        table: as for `delete_rows`.
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
    """DELETE of rows, with a parameter for each primary key column: the texts of its values, as an array.

    The texts are cast to types without length or scale: one that does not fit finds no row, instead of another one.

    Args:
        table: as it stands after FROM, with ONLY where tables that inherit from it keep their rows.
    """
    return f"DELETE FROM {table} AS {_TARGET} USING {_keys(record)} WHERE {_same_key(record)}"


def find_rows(table: str, record: TableRecord) -> str:
    """SELECT of the numbers, from 1, of those keys under which there are rows; they are given as for `delete_rows`."""
    keys = _keys(record, numbered=True)
    return f"SELECT DISTINCT {_STAGED}.n FROM {table} AS {_TARGET}, {keys} WHERE {_same_key(record)}"


def replace_staged(
    name: TableName, table: str, record: TableRecord, staging: str, casts: Sequence[str | None], others: Sequence[str]
) -> str:
    """Delete the rows that the staging table has anew and insert them as they are there, in one statement.

    So no row is in the way of another one whose unique value it gives up or takes over.

    Args:
        table: as for `delete_rows`.
        casts: the type that a staged column is to be cast to; None where it has it already.
        others: columns that are not ours, whose values stay.
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
    # Whether any are deleted is asked first, so that all are before the first row is inserted.
    return (
        f"WITH {_GONE} ({names}) AS (DELETE FROM {table} AS {_TARGET} USING {staging} AS {_STAGED} WHERE {old}"
        f" RETURNING {returned}) INSERT INTO {name.quoted} AS {_TARGET} ({_names((*stored, *others))})"
        f" OVERRIDING SYSTEM VALUE SELECT {inserted} FROM {staging} AS {_STAGED} JOIN {_GONE} ON {same}"
        f" WHERE (SELECT pg_catalog.count(*) FROM {_GONE}) > 0"
    )


def _insert(name: TableName, record: TableRecord) -> str:
    # A table of others may have a key that is GENERATED ALWAYS AS IDENTITY; for all other columns it says nothing.
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


def _on_conflict(record: TableRecord) -> str:
    """Columns that others added to the table stay as they are."""
    updated = [quoted(column) for column in record.stored_columns if column not in record.primary_key]
    updates = ", ".join(f"{column} = EXCLUDED.{column}" for column in updated)
    return f"ON CONFLICT ({_names(record.primary_key)}) DO {f'UPDATE SET {updates}' if updates else 'NOTHING'}"


def _names(columns: Iterable[str]) -> str:
    return ", ".join(map(quoted, columns))


def _cast(value: str, cast_to: str | None) -> str:
    return value if cast_to is None else f"{value}::{cast_to}"
