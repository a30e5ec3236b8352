"""From a row of the database, as a dict, to an object of a record type.

Postgres connector, source layer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from cocoindex.connectorkits import sql
from cocoindex.connectorkits.record_type import field_type, record_fields

from ._types import ERRORS

__all__ = ["row_reader", "text_fields"]

RowT = TypeVar("RowT")


def row_reader(row_type: type[RowT]) -> Callable[[dict[str, Any]], RowT]:
    """The function that makes a `row_type` of a row, as the SQL kit does it."""
    return sql.row_reader(row_type, ERRORS)


def text_fields(row_type: type[Any]) -> frozenset[str]:
    """The fields that take any value as text."""
    fields = record_fields(row_type, ERRORS.record_type)
    return frozenset(name for name, hint in fields.items() if field_type(hint).base is str)
