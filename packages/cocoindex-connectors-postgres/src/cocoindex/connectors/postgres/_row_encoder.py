"""From a row as a user gives it to the bytes that are stored, or to an error that names table, column and row.

Postgres connector, row layer. `encode` runs for every row of every table.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_bytes, fingerprint_object
from cocoindex.connectorkits.row_values import RowValues

from ._column import ColumnDef, ValueEncoder
from ._field import NULL, ToField, field_of, sized
from ._row_key import KeyPart, key_field, key_of, key_part
from ._sql_text import sql_text
from ._table_record import TableRecord
from ._table_schema import TableSchema
from ._type_name import read_type
from .errors import PostgresRowError

__all__ = ["EncodedRow", "RowEncoder"]

_NO_NULL = "the value is None, and the column takes no NULL"


class EncodedRow(NamedTuple):
    """A row as it is sent: a tuple of binary COPY with its values in the order of the stored columns."""

    fingerprint: bytes
    data: bytes


class RowEncoder:
    """Encodes the rows of one table; what does not depend on the row is worked out once, here.

    Args:
        table: what to call the table in messages.
        schema: its columns.
        record: the same as the database knows it.
    """

    def __init__(self, table: str, schema: TableSchema[Any], record: TableRecord) -> None:
        self._table = table
        self._columns = columns = record.stored_columns
        # Those of the primary key are made of what is the key, so that the row that is stored is the one under it.
        self._encoders = tuple(
            _nothing if name in schema.primary_key else _field(schema.columns[name], record.columns[name].nullable)
            for name in columns
        )
        self._key = tuple(_key_column(columns.index(name), schema.columns[name]) for name in schema.primary_key)
        self._head = Struct("!h").pack(len(columns))
        self._values = RowValues(
            table,
            columns,
            primary_key=schema.primary_key,
            optional=[name for name in columns if record.columns[name].nullable],
            error=PostgresRowError,
        )
        # Part of every fingerprint: the bytes alone do not tell in which columns they are.
        self._salt = fingerprint_object([(name, *read_type(record.columns[name].type)) for name in columns])

    @property
    def memo_key(self) -> bytes:
        """Stands for the columns in the memo keys of functions that are given the table."""
        return self._salt

    def encode(self, row: Any) -> tuple[coco.StableKey, EncodedRow]:
        """The key and the stored form of `row`.

        Raises:
            PostgresRowError: (a ValueError) the row lacks a column or has one that the table does not, or a value
                cannot be stored.
        """
        given = self._values.of(row)
        try:
            fields = [encode(value) for encode, value in zip(self._encoders, given, strict=True)]
            parts = []
            for at, part, field in self._key:
                found = part(given[at])
                parts.append(found)
                fields[at] = field(found)
        except Exception as error:
            raise self._unfit(given) from error
        data = b"".join((self._head, *fields))
        return key_of(parts), EncodedRow(fingerprint_bytes(self._salt + data), data)

    def _unfit(self, given: Sequence[Any]) -> PostgresRowError:
        where = f"the row {self._values.name(given)} of the table {self._table!r}"
        encoders = list(self._encoders)
        for at, part, field in self._key:
            encoders[at] = lambda value, part=part, field=field: field(part(value))  # type: ignore[misc]
        for name, encode, value in zip(self._columns, encoders, given, strict=True):
            try:
                encode(value)
            except Exception as error:
                why = _NO_NULL if value is None else error
                return PostgresRowError(f"{where} cannot be stored: column {name!r}: {why}")
        return PostgresRowError(f"{where} cannot be stored; an encoder fails at times")


class _KeyColumn(NamedTuple):
    at: int
    part: KeyPart
    field: ToField


def _key_column(at: int, column: ColumnDef) -> _KeyColumn:
    name, encoder = read_type(column.type).of_values, column.encoder
    part = key_part(name)
    return _KeyColumn(at, part if encoder is None else lambda value: part(encoder(value)), key_field(name))


def _nothing(value: Any) -> bytes:
    return b""


def _field(column: ColumnDef, nullable: bool) -> ToField:
    """The function from a value to its field, for the values of one column."""
    name, encoder = read_type(column.type).of_values, column.encoder
    field = field_of(name)
    if field is None:
        as_text = sql_text(name)
        field = lambda value: sized(as_text(value).encode())  # noqa: E731  # runs for every value
    if encoder is not None:
        return _encoded(encoder, field, nullable)
    if nullable:
        return lambda value: NULL if value is None else field(value)
    # None is what no other kind of column takes either.
    return field if name.base not in ("json", "jsonb") else _not_null(field)


def _encoded(encoder: ValueEncoder, field: ToField, nullable: bool) -> ToField:
    inner = _not_null(field)

    def encoded(value: Any) -> bytes:
        if value is not None:
            value = encoder(value)
        return NULL if value is None and nullable else inner(value)

    return encoded


def _not_null(field: ToField) -> ToField:
    def not_null(value: Any) -> bytes:
        if value is None:
            raise ValueError(_NO_NULL)
        return field(value)

    return not_null
