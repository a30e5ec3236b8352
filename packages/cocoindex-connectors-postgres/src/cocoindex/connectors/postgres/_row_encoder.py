"""Encodes rows as the bytes to store; errors name the table, the column and the row.

Postgres connector, row layer. `encode` runs for every row of every table.
"""

from __future__ import annotations

from struct import Struct
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits import sql
from cocoindex.connectorkits.fingerprint import fingerprint_bytes, fingerprint_object

from ._column import ColumnDef, ValueEncoder
from ._field import NULL, ToField, field_of, sized
from ._row_key import KeyPart, key_field, key_part
from ._sql_text import sql_text
from ._table_record import TableRecord
from ._type_name import read_type
from ._types import ERRORS

__all__ = ["RowEncoder"]


class RowEncoder(sql.RowEncoder):
    """Encodes the rows of one table; the encoded values of a row are a tuple of binary COPY with the stored columns.

    Args:
        table: the name of the table in messages.
        schema: its declared columns.
        record: its columns as the database stores them.
    """

    def __init__(self, table: str, schema: sql.TableSchema[Any, Any], record: TableRecord) -> None:
        columns = record.stored_columns
        # Primary key columns are encoded from the key itself, so that the stored row always has this key.
        codecs = [
            sql.Codec(_nothing if name in record.primary_key else _field(schema.columns[name], record, name))
            for name in columns
        ]
        super().__init__(table, record, codecs, ERRORS)
        self._key_columns = [_key_column(columns.index(name), schema.columns[name]) for name in record.primary_key]
        self._head = Struct("!h").pack(len(columns))

    def salt_of(self, record: TableRecord) -> bytes:
        return fingerprint_object([(name, *read_type(record.columns[name].type)) for name in record.stored_columns])

    def encode(self, row: Any) -> tuple[coco.StableKey, sql.EncodedRow]:
        given = self.row_values.of(row)
        try:
            fields = [encode(value) for encode, value in zip(self.encoders, given, strict=True)]
            parts = []
            for at, part, field in self._key_columns:
                found = part(given[at])
                parts.append(found)
                fields[at] = field(found)
        except Exception as error:
            raise self.unfit(given) from error
        data = b"".join((self._head, *fields))
        key = parts[0] if len(parts) == 1 else tuple(parts)
        return key, sql.EncodedRow(fingerprint_bytes(self.salt + data), data)

    def try_value(self, at: int, value: Any) -> None:
        column = next((column for column in self._key_columns if column.at == at), None)
        if column is None:
            self.encoders[at](value)
        else:
            column.field(column.part(value))


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


def _field(column: ColumnDef, record: TableRecord, column_name: str) -> ToField:
    """Return the function that encodes values of one column as fields; for columns outside the primary key."""
    name, encoder, nullable = read_type(column.type).of_values, column.encoder, record.columns[column_name].nullable
    field = field_of(name)
    if field is None:
        as_text = sql_text(name)
        field = lambda value: sized(as_text(value).encode())  # noqa: E731  # runs for every value
    if encoder is not None:
        return _encoded(encoder, field, nullable)
    if nullable:
        return lambda value: NULL if value is None else field(value)
    # Only JSON encodes None as a value; the functions of other types refuse it.
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
            raise ValueError(sql.NO_NULL)
        return field(value)

    return not_null
