"""From a row as a user gives it to what is stored, or to an error that names table, column and row.

SQLite connector, row layer. `encode` runs for every row of every table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_bytes
from cocoindex.connectorkits.row_values import RowValues

from ._column_encoder import column_encoder
from ._plain_value import StoredValue
from ._row_key import key_of, key_value
from ._table_record import TableRecord
from ._table_schema import TableSchema
from .errors import SqliteRowError

__all__ = ["EncodedRow", "RowEncoder"]

_pack = msgspec.msgpack.Encoder().encode


class EncodedRow(NamedTuple):
    """A row as it is stored: its values in the order of the stored columns, and 16 bytes that stand for them."""

    fingerprint: bytes
    values: tuple[StoredValue, ...]


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
        self._key = tuple(
            (
                columns.index(name),
                key_value(f"the key column {name!r} of the table {table!r}", schema.columns[name].type),
            )
            for name in schema.primary_key
        )
        self._encoders = tuple(
            column_encoder(
                schema.columns[name],
                nullable=_takes_null(record, name),
                strict=record.vec0 is not None or name in schema.primary_key,
            )
            for name in columns
        )
        self._row_values = RowValues(
            table,
            columns,
            primary_key=schema.primary_key,
            optional=[name for name in columns if record.columns[name].nullable],
            error=SqliteRowError,
        )
        # Part of every fingerprint: values alone do not tell in which columns they are.
        self._salt = fingerprint_bytes(_pack([(name, *record.columns[name]) for name in columns]))

    @property
    def memo_key(self) -> bytes:
        """Stands for the columns in the memo keys of functions that are given the table."""
        return self._salt

    def encode(self, row: Any) -> tuple[coco.StableKey, EncodedRow]:
        """The key and the stored form of `row`.

        Raises:
            SqliteRowError: (a ValueError) the row lacks a column or has one that the table does not, or a value
                cannot be stored.
        """
        given = self._row_values.of(row)
        try:
            values = tuple([encode(value) for encode, value in zip(self._encoders, given, strict=True)])
            key = key_of([part(values[at]) for at, part in self._key])
            fingerprint = fingerprint_bytes(_pack((self._salt, values)))
        except Exception as error:
            raise self._unfit(given) from error
        return key, EncodedRow(fingerprint, values)

    def _unfit(self, given: Sequence[Any]) -> SqliteRowError:
        where = f"the row {self._row_values.name(given)} of the table {self._table!r}"
        parts = dict(self._key)
        for at, (name, encode, value) in enumerate(zip(self._columns, self._encoders, given, strict=True)):
            try:
                stored = encode(value)
                _pack(parts[at](stored) if at in parts else stored)
            except Exception as error:
                return SqliteRowError(f"{where} cannot be stored: column {name!r}: {error}")
        return SqliteRowError(f"{where} cannot be stored; an encoder fails at times")


def _takes_null(record: TableRecord, name: str) -> bool:
    column = record.columns[name]
    if record.vec0 is None or not column.nullable:
        return column.nullable
    return name in record.vec0.auxiliary_columns or name in record.vec0.partition_key_columns
