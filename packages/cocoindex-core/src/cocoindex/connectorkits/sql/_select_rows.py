"""Selects the columns to read, and reads rows from a cursor of a blocking driver.

Layer: connectorkits.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cocoindex._shown import shown

from ._similar_names import did_you_mean, listed_names, similar_names
from ._unreadable_rows import UnreadRow

if TYPE_CHECKING:
    from ...errors import CocoIndexError
    from ._dialect import Dialect
    from ._table_source import SourceSpec

__all__ = ["ReadAs", "check_columns", "check_table_is_there", "select_rows"]

ReadAs = Mapping[str, tuple[str, Callable[[Any], Any]]]
"""By the driver's name of a column type: the SQL expression to select, with `{}` for the column, and a function that
converts its result to the value."""

_ROWS = 500


def check_table_is_there(dialect: Dialect[Any, Any, Any, Any, Any], db: Any, name: str, there: Sequence[str]) -> None:
    """Raise `errors.table` if `name` is not one of the existing tables, `there`."""
    if dialect.folded(name) not in map(dialect.folded, there):
        raise dialect.errors.table(
            f"{dialect.place(db)} has no table or view {shown(name)}; it has {_listed(sorted(there), [name])}"
        )


def check_columns(
    dialect: Dialect[Any, Any, Any, Any, Any], db: Any, name: str, wanted: Sequence[str], there: Sequence[str]
) -> None:
    """Raise `errors.table` if one of the `wanted` columns is not one of the existing columns, `there`."""
    known = set(map(dialect.folded, there))
    if unknown := [column for column in wanted if dialect.folded(column) not in known]:
        raise dialect.errors.table(
            f"{dialect.where(db, name)} has no column {', '.join(map(repr, unknown))}; it has {_listed(there, unknown)}"
        )


def _listed(there: Sequence[str], wanted: Iterable[str]) -> str:
    """Return existing names, a limited number of them, and which of them may be meant."""
    # As in SQL, a name may be quoted, or have its schema.
    plain = [name.replace('"', "").strip().rpartition(".")[2] for name in wanted]
    near = (repr(each) for name in plain for each in similar_names(name, there))
    return f"{listed_names([*map(repr, there)])}{did_you_mean(near)}"


def select_rows(
    dialect: Dialect[Any, Any, Any, Any, Any], db: Any, cursor: Any, name: Any, spec: SourceSpec[Any]
) -> Generator[list[dict[str, Any]], None, None]:
    """Yield the rows of a table in lists of dicts, read by a DB-API cursor."""
    cursor.execute(dialect.catalog.names)
    check_table_is_there(dialect, db, spec.table, [table for (table,) in cursor.fetchall()])
    cursor.execute(f"SELECT * FROM {dialect.identifier(name)} LIMIT 0")
    found = {column[0]: str(column[1]) for column in cursor.description}
    columns = spec.columns or list(found)
    check_columns(dialect, db, name, columns, list(found))
    kinds = {dialect.folded(column): kind for column, kind in found.items()}
    read = {
        column: dialect.read_as[kind]
        for column in columns
        if (kind := kinds[dialect.folded(column)]) in dialect.read_as
    }
    names = {column: dialect.quoted(column) for column in columns}
    chosen = [read[column][0].format(name) if column in read else name for column, name in names.items()]
    cursor.execute(f"SELECT {', '.join(chosen)} FROM {dialect.identifier(name)}")
    while rows := [dict(zip(columns, row, strict=True)) for row in cursor.fetchmany(_ROWS)]:
        yield [_converted(row, read, dialect.errors.row) for row in rows] if read else rows


def _converted(row: dict[str, Any], read: ReadAs, error: type[CocoIndexError]) -> dict[str, Any]:
    """Return the row with converted values, or an `UnreadRow` with the error if a value cannot be converted."""
    for column, (_, convert) in read.items():
        value = row[column]
        if value is not None:
            try:
                row[column] = convert(value)
            except (ValueError, TypeError, RecursionError) as cause:
                return UnreadRow(error(f"a row cannot be read: its column {column!r} holds {shown(value)}: {cause}"))
    return row
