"""From a row as a user gives it to what is stored, or to an error that names table, column and row.

SQLite connector, row layer. `encode` runs for every row of every table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_bytes
from cocoindex.errors import SqliteRowError

from ._column_encoder import column_encoder
from ._plain_value import StoredValue
from ._row_key import key_of
from ._table_record import TableRecord
from ._table_schema import TableSchema

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
        self._primary_key = schema.primary_key
        self._key_at = tuple(columns.index(name) for name in schema.primary_key)
        self._encoders = tuple(
            column_encoder(
                schema.columns[name],
                nullable=_takes_null(record, name),
                strict=record.vec0 is not None or name in schema.primary_key,
            )
            for name in columns
        )
        self._optional = frozenset(name for name in columns if record.columns[name].nullable)
        # Part of every fingerprint: values alone do not tell in which columns they are.
        self._salt = fingerprint_bytes(_pack([(name, *record.columns[name]) for name in columns]))
        self._attributes = _attributes(columns)

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
        given = self._of_mapping(row) if isinstance(row, Mapping) else self._of_object(row)
        try:
            values = tuple([encode(value) for encode, value in zip(self._encoders, given, strict=True)])
            fingerprint = fingerprint_bytes(_pack((self._salt, values)))
        except Exception as error:
            raise self._unfit(given) from error
        return key_of([values[at] for at in self._key_at]), EncodedRow(fingerprint, values)

    def _of_object(self, row: Any) -> tuple[Any, ...]:
        try:
            return self._attributes(row)
        except AttributeError as error:
            raise SqliteRowError(
                f"a {type(row).__qualname__} cannot be a row of the table {self._table!r}: {error}; a row is a dict, "
                f"or an object with the attributes {', '.join(self._columns)}"
            ) from error

    def _of_mapping(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        if len(row) == len(self._columns):
            try:
                return tuple([row[name] for name in self._columns])
            except KeyError:
                pass
        given = tuple([row.get(name) for name in self._columns])
        unknown = [name for name in row if name not in self._columns]
        missing = [name for name in self._columns if name not in row and name not in self._optional]
        if unknown or missing:
            problem = f"has no column {unknown[0]!r}" if unknown else f"needs a value for the column {missing[0]!r}"
            raise SqliteRowError(
                f"the table {self._table!r} {problem}; the row {self._name(given)} has {', '.join(map(repr, row))}, "
                f"and the columns are {', '.join(map(repr, self._columns))}"
            )
        return given

    def _unfit(self, given: Sequence[Any]) -> SqliteRowError:
        where = f"the row {self._name(given)} of the table {self._table!r}"
        for name, encode, value in zip(self._columns, self._encoders, given, strict=True):
            try:
                _pack(encode(value))
            except Exception as error:
                return SqliteRowError(f"{where} cannot be stored: column {name!r}: {error}")
        return SqliteRowError(f"{where} cannot be stored; an encoder fails at times")

    def _name(self, given: Sequence[Any]) -> str:
        key = (f"{name}={given[at]!r}" for name, at in zip(self._primary_key, self._key_at, strict=True))
        return f"({', '.join(key)})"


def _takes_null(record: TableRecord, name: str) -> bool:
    column = record.columns[name]
    if record.vec0 is None or not column.nullable:
        return column.nullable
    return name in record.vec0.auxiliary_columns or name in record.vec0.partition_key_columns


def _attributes(columns: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    get: Callable[[Any], Any] = attrgetter(*columns)
    return get if len(columns) > 1 else lambda row: (get(row),)
