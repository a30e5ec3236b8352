"""Encodes rows given by users to their stored form, or raises an error that names table, column and row.

Layer: connectorkits. `encode` runs for every row of every table; everything that does not depend on the row is computed
once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ..fingerprint import fingerprint_bytes
from ..row_values import RowValues
from ._errors import SqlErrors
from ._names import HALF_PAIR
from ._table_record import TableRecord

if TYPE_CHECKING:
    from ..._keys import StableKey

__all__ = ["NO_NULL", "Codec", "EncodedRow", "RowEncoder"]

NO_NULL = "the value is None, and the column takes no NULL"
_pack = msgspec.msgpack.Encoder().encode


class EncodedRow(NamedTuple):
    """The stored form of a row: its fingerprint (16 bytes), and its values in the order of the stored columns."""

    fingerprint: bytes
    values: Any


class Codec(NamedTuple):
    """The functions for the values of one column. They raise ValueError, TypeError or OverflowError if invalid.

    Args:
        encode: converts a value of a row, which may be None, to its stored form: plain data, equal for equal values.
        key_part: for a key column, converts the stored form to a part of the row's key. Values that the database
            considers equal must give the same part.
    """

    encode: Callable[[Any], Any]
    key_part: Callable[[Any], StableKey] | None = None


class RowEncoder:
    """Encodes the rows of one table.

    Args:
        table: the name of the table in messages.
        record: the table's stored record.
        codecs: the codecs of the stored columns, in their order.
        errors: the exception classes to raise.

    Attributes:
        row_values: extracts the values of a row.
        encoders: the `encode` functions, in the order of the stored columns.
        salt: identifies the columns; part of every fingerprint.
    """

    def __init__(self, table: str, record: TableRecord, codecs: Sequence[Codec], errors: SqlErrors) -> None:
        self._table = table
        self._columns = columns = record.stored_columns
        self._errors = errors
        self.encoders = tuple(codec.encode for codec in codecs)
        self._key = tuple(
            (at, part) for at in map(columns.index, record.primary_key) if (part := codecs[at].key_part) is not None
        )
        self.row_values = RowValues(
            table,
            columns,
            primary_key=record.primary_key,
            optional=[name for name in columns if record.columns[name].nullable],
            error=errors.row,
        )
        # Part of every fingerprint: equal values in other columns must give another fingerprint.
        self.salt = self.salt_of(record)

    @property
    def memo_key(self) -> bytes:
        """Identifies the columns in the memo keys of functions that take the table as an argument."""
        return self.salt

    def salt_of(self, record: TableRecord) -> bytes:
        """Return what identifies the columns of `record` in fingerprints of rows."""
        return fingerprint_bytes(_pack([(name, *record.columns[name]) for name in record.stored_columns]))

    def encode(self, row: Any) -> tuple[StableKey, EncodedRow]:
        """Return the key and the stored form of `row`.

        Raises:
            the `errors.row`: (a ValueError) the row lacks a column, has a column that the table lacks, or has a value
                that cannot be stored.
        """
        given = self.row_values.of(row)
        try:
            values = tuple([encode(value) for encode, value in zip(self.encoders, given, strict=True)])
            parts = [part(values[at]) for at, part in self._key]
            fingerprint = fingerprint_bytes(_pack((self.salt, values)))
        except Exception as error:
            raise self.unfit(given) from error
        return parts[0] if len(parts) == 1 else tuple(parts), EncodedRow(fingerprint, values)

    def try_value(self, at: int, value: Any) -> None:
        """Encode one value as `encode` does, to see its error; `at` is the position of the stored column."""
        stored = self.encoders[at](value)
        part = dict(self._key).get(at)
        _pack(stored if part is None else part(stored))

    def unfit(self, given: Sequence[Any]) -> Exception:
        """Return the exception to raise for a row with a value that cannot be stored."""
        where = f"the row {self.row_values.name(given)} of the table {self._table!r}"
        for at, (name, value) in enumerate(zip(self._columns, given, strict=True)):
            try:
                self.try_value(at, value)
            except Exception as error:
                why = NO_NULL if value is None else _why(error)
                return self._errors.row(f"{where} cannot be stored: column {name!r}: {why}")
        return self._errors.row(
            f"{where} cannot be stored; an encoder failed once and succeeded when retried; it must be deterministic"
        )


def _why(error: Exception) -> str:
    return f"{error}; the text {HALF_PAIR}: replace it" if isinstance(error, UnicodeEncodeError) else str(error)
