"""From a row as a user gives it to the bytes that are stored, or to an error that names table, column and row.

Postgres connector, row layer. `encode` runs for every row of every table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_bytes, fingerprint_object
from cocoindex.connectorkits.row_values import RowValues
from cocoindex.errors import PostgresRowError

from ._column import ColumnDef
from ._row_key import key_of, key_part
from ._table_record import TableRecord
from ._table_schema import TableSchema
from ._type_name import read_type
from ._wire_value import sql_text, to_wire

__all__ = ["EncodedRow", "RowEncoder"]

_SIZE = Struct("!i").pack
_NULL = _SIZE(-1)


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
        self._encoders = tuple(_field(schema.columns[name], record.columns[name].nullable) for name in columns)
        self._key = [(columns.index(name), _part(schema.columns[name])) for name in schema.primary_key]
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
            key = key_of([part(given[at]) for at, part in self._key])
        except Exception as error:
            raise self._unfit(given) from error
        data = b"".join((self._head, *fields))
        return key, EncodedRow(fingerprint_bytes(self._salt + data), data)

    def _unfit(self, given: Sequence[Any]) -> PostgresRowError:
        where = f"the row {self._values.name(given)} of the table {self._table!r}"
        for name, encode, value in zip(self._columns, self._encoders, given, strict=True):
            try:
                encode(value)
            except Exception as error:
                return PostgresRowError(f"{where} cannot be stored: column {name!r}: {error}")
        return PostgresRowError(f"{where} cannot be stored; an encoder fails at times")


def _part(column: ColumnDef) -> Callable[[Any], coco.StableKey]:
    part, encoder = key_part(read_type(column.type)), column.encoder
    return part if encoder is None else lambda value: part(encoder(value))


def _field(column: ColumnDef, nullable: bool) -> Callable[[Any], bytes]:
    """The function from a value to a field of binary COPY: its size and its bytes."""
    name, encoder = read_type(column.type), column.encoder
    wire = to_wire(name)
    if wire is None:
        as_text = sql_text(name)
        wire = lambda value: as_text(value).encode()  # noqa: E731  # as short as can be, it runs for every value

    def field(value: Any) -> bytes:
        if value is not None and encoder is not None:
            value = encoder(value)
        if value is None:
            if nullable:
                return _NULL
            raise ValueError("the value is None, and the column takes no NULL")
        data = wire(value)
        return _SIZE(len(data)) + data

    return field
