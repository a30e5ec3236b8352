"""Encodes rows as the values to store; errors name the table, the column and the row.

SQLite connector, row layer.
"""

from __future__ import annotations

from typing import Any

from cocoindex.connectorkits import sql

from ._column_encoder import column_encoder
from ._row_key import key_part
from ._table_record import TableRecord
from ._types import ERRORS

__all__ = ["RowEncoder"]


class RowEncoder(sql.RowEncoder):
    """Encodes the rows of one table.

    Args:
        table: the name of the table in messages.
        schema: its declared columns.
        record: its columns as the database stores them.
    """

    def __init__(self, table: str, schema: sql.TableSchema[Any, Any], record: TableRecord) -> None:
        super().__init__(table, record, [_codec(table, schema, record, name) for name in record.stored_columns], ERRORS)


def _codec(table: str, schema: sql.TableSchema[Any, Any], record: TableRecord, name: str) -> sql.Codec:
    column, is_key = schema.columns[name], name in record.primary_key
    part = key_part(f"the key column {name!r} of the table {table!r}", column.type) if is_key else None
    strict = record.vec0 is not None or is_key
    return sql.Codec(column_encoder(column, nullable=_takes_null(record, name), strict=strict), part)


def _takes_null(record: TableRecord, name: str) -> bool:
    column = record.columns[name]
    if record.vec0 is None or not column.nullable:
        return column.nullable
    return name in record.vec0.auxiliary_columns or name in record.vec0.partition_key_columns
