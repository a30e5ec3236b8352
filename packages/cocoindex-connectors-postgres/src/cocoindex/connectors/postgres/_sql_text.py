"""From a Python value to the text that PostgreSQL reads as one of a column's type.

Postgres connector, row layer: for types whose binary form is not written here.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import uuid
from collections.abc import Callable
from typing import Any

from psycopg.adapt import PyFormat, Transformer

from cocoindex.connectorkits import shown

from ._nul import without_nul
from ._type_name import TypeName

__all__ = ["sql_text"]


def sql_text(column: TypeName) -> Callable[[Any], str]:
    """The function from a value to the text that PostgreSQL reads as one of this type, without any U+0000."""

    def text(value: Any) -> str:
        if value.__class__ is str:
            return without_nul(value)
        if isinstance(value, enum.Enum):
            return text(value.value)
        if isinstance(value, (datetime.datetime, datetime.time)):
            return _moment(value, column.base)
        if isinstance(value, (datetime.date, decimal.Decimal, int, float, uuid.UUID, pathlib.PurePath)):
            return str(value)
        return _by_psycopg(value)

    return text


def _moment(value: datetime.datetime | datetime.time, base: str) -> str:
    if value.tzinfo is not None and base in ("timestamp", "time"):
        raise ValueError(
            f"{shown(value)} has a time zone, which the type {base} would lose; declare the column as {base} with time "
            "zone, or give a value without one"
        )
    return value.isoformat()


def _by_psycopg(value: Any) -> str:
    dumped = Transformer().get_dumper(value, PyFormat.TEXT).dump(value)
    if dumped is None:
        raise TypeError(f"{shown(value)} is NULL to psycopg")
    return without_nul(bytes(dumped).decode())
