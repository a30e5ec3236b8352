"""Converts rows of a source from dicts to objects of a record type, and selects the columns to read.

Layer: connectorkits. The function that `record_reader` returns runs for every row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from cocoindex._shown import shown

from ..errors import CocoIndexError
from ._record_hints import record_class, record_name
from .record_type import record_fields

__all__ = ["columns_to_read", "record_reader"]

RowT = TypeVar("RowT")
Convert = Callable[[Any], Any]


def columns_to_read(
    table: str,
    columns: Sequence[str] | None,
    row_type: type[Any] | None,
    *,
    error: type[CocoIndexError],
    type_error: type[CocoIndexError],
) -> Sequence[str] | None:
    """Return the columns to read from a source: `columns` if given, else the fields of `row_type`; None for all.

    Args:
        table: the name of the source in messages.
        columns: names of columns, or None.
        row_type: the record type of the rows, or None.
        error: raised if `columns` is not a list of names, or contains a name that `row_type` lacks.
        type_error: raised if `row_type` is not a record type.
    """
    if columns is not None and not _are_names(columns):
        raise error(f"columns of the source {table!r} is a list of names, not {shown(columns)}")
    if row_type is None:
        return columns
    fields = record_fields(row_type, type_error)
    unknown = [name for name in columns or () if name not in fields]
    if unknown:
        raise error(
            f"columns of the source {table!r} names {', '.join(map(repr, unknown))}, which {record_name(row_type)} does"
            f" not have; its fields are {', '.join(map(repr, fields))}"
        )
    return columns or list(fields)


def _are_names(columns: object) -> bool:
    if isinstance(columns, str | bytes | Mapping) or not isinstance(columns, Collection):
        return False
    return all(isinstance(name, str) for name in columns)


def record_reader(
    row_type: type[RowT], conversions: Mapping[str, Convert], error: type[CocoIndexError]
) -> Callable[[dict[str, Any]], RowT]:
    """Return a function that converts a row to a `row_type`. A pydantic model validates its input.

    Args:
        row_type: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict.
        conversions: by column name, functions applied first to the values other than None.
        error: raised by the returned function if a row does not fit; the message shows the row.
    """
    make: Callable[..., RowT] = record_class(row_type)
    if hasattr(row_type, "__pydantic_fields__"):
        validate: Callable[[dict[str, Any]], RowT] = row_type.model_validate  # type: ignore[attr-defined]  # is a model

        def make(**row: Any) -> RowT:
            return validate(row)

    def read(row: dict[str, Any]) -> RowT:
        try:
            values = dict(row)
            for name, convert in conversions.items():
                if values.get(name) is not None:
                    values[name] = convert(values[name])
            return make(**values)
        except (TypeError, ValueError, ArithmeticError) as cause:
            raise error(f"a row cannot be read as {record_name(row_type)}: {cause}; it is {repr(row)[:500]}") from cause

    return read
