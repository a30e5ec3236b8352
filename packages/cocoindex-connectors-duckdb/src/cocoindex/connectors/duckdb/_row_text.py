"""Sends rows to DuckDB: the values as text, many rows in one JSON document.

DuckDB connector, row layer. Bound parameters are up to a hundred times slower, and convert some values wrongly.
"""

from __future__ import annotations

from typing import Any

from cocoindex.connectorkits import sql
from cocoindex.connectorkits import text_values as texts
from duckdb.sqltypes import DuckDBPyType

from ._types import NESTED, kind_of, parts_of

__all__ = ["Writer", "codec_of"]

_LEAVES = {
    **texts.STANDARD,
    "float": texts.floating(32),
    "blob": texts.hexadecimal(),
    "timestamp_ns": texts.timestamp("TIMESTAMP_NS"),
    "timestamp_ms": texts.timestamp("TIMESTAMP_MS", step=1_000),
    "timestamp_s": texts.timestamp("TIMESTAMP_S", step=1_000_000),
}


def codec_of(column: sql.ColumnDef, *, nullable: bool) -> sql.Codec:
    """Return the functions for the values of a column; `encode` raises ValueError, TypeError or OverflowError."""
    kind, prepare = kind_of(column.type), column.encoder
    is_json = str(kind) == "JSON"
    encode_value = sql.json_text if is_json else texts.as_json(_encoder(kind)) if kind.id in NESTED else _encoder(kind)

    def encode(value: Any) -> str | None:
        prepared = value if prepare is None else prepare(value)
        return None if prepared is None else encode_value(prepared)

    return sql.Codec(sql.with_null(encode, nullable=nullable), _integer if kind.id in texts.INTEGERS else _text)


def _integer(text: str) -> int | str:
    return int(text) if len(text) < 19 else text


def _text(text: str) -> str:
    return "0.0" if text == "-0.0" else text


def _encoder(kind: DuckDBPyType) -> texts.Encoder:
    """Return the function that encodes values other than None: as text, or for JSON and nested types as JSON values."""
    if str(kind) == "JSON":
        return sql.json_builtins
    if kind.id in _LEAVES:
        return _LEAVES[kind.id]
    parts = parts_of(kind)
    match kind.id:
        case "decimal":
            return texts.decimal(**parts)
        case "enum":
            return texts.member(parts["values"])
        case "map":
            return texts.mapping(_encoder(parts["key"]), _encoder(parts["value"]))
        case "struct":
            return texts.fields({name: _encoder(part) for name, part in parts.items()})
    return texts.items(_encoder(parts["child"]), parts.get("size"))


class Writer(sql.BatchWriter):
    """Writes, deletes and finds the rows of one table."""

    given = "SELECT unnest(?::JSON::VARCHAR[][]) r"

    def value(self, text: str, sql_type: str) -> str:
        """Return the SQL expression that casts a text to the type."""
        kind = kind_of(sql_type)
        if kind.id == "blob":
            return f"unhex({text})"
        return f"{text}{'::JSON' if kind.id in NESTED else ''}::{kind}"

    def stored_key(self, column: str, sql_type: str) -> str:
        """Return the SQL expression for a key column; the cast costs nothing unless the column has another type."""
        return f"{column}::{kind_of(sql_type)}"
