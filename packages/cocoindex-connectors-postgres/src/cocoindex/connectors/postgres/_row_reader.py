"""Converts rows of the database, given as dicts, to objects of a record type.

Postgres connector, source layer.
"""

from __future__ import annotations

import collections.abc
import types
from collections.abc import Callable
from typing import Any, TypeVar, Union, get_args, get_origin

from cocoindex.connectorkits import sql
from cocoindex.connectorkits.record_type import field_type, record_fields

from ._odd_value import FieldsOfText
from ._types import ERRORS

__all__ = ["row_reader", "text_fields"]

RowT = TypeVar("RowT")
_LISTS = (list, tuple, set, frozenset, collections.abc.Sequence)


def row_reader(row_type: type[RowT]) -> Callable[[dict[str, Any]], RowT]:
    """Return the function of the SQL kit that converts a row to a `row_type`."""
    return sql.row_reader(row_type, ERRORS)


def text_fields(row_type: type[Any]) -> FieldsOfText:
    """Return the fields of a record type that accept values as text."""
    always, arrays, also = set(), set(), set()
    for name, hint in record_fields(row_type, ERRORS.record_type).items():
        base = field_type(hint).base
        if base is str:
            always.add(name)
        elif get_origin(base) in _LISTS and get_args(base)[:1] == (str,):
            arrays.add(name)
        elif base in (Any, object) or (get_origin(base) in (Union, types.UnionType) and str in get_args(base)):
            also.add(name)
    return FieldsOfText(frozenset(always), frozenset(arrays), frozenset(also))
