"""Converts lists, mappings, records and their contents to JSON text for PostgreSQL.

Postgres connector, row layer.
"""

from __future__ import annotations

import json
from typing import Any

from cocoindex.connectorkits import sql

from ._nul import without_nul

__all__ = ["json_text", "key_json_text"]


def json_text(value: Any) -> str:
    """Return what `key_json_text` does, without U+0000, which PostgreSQL cannot store."""
    plain = sql.json_builtins(value)
    text = _dump(plain)
    return _dump(_without_nul(plain)) if "\\u0000" in text else text


def key_json_text(value: Any) -> str:
    """Return `value` as JSON, the same text for equal values.

    Dates become ISO 8601 strings, UUIDs and Decimals strings, bytes base64 strings, records objects, NamedTuples
    arrays, sets sorted arrays.

    Raises:
        TypeError: JSON cannot represent the value.
        ValueError: it contains NaN or infinity.
    """
    return _dump(sql.json_builtins(value))


def _dump(plain: Any) -> str:
    try:
        return json.dumps(plain, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except ValueError as error:
        raise ValueError(f"JSON has no NaN or infinity ({error}); use None instead") from error


def _without_nul(plain: Any) -> Any:
    if isinstance(plain, str):
        return without_nul(plain)
    if isinstance(plain, dict):
        return {_without_nul(key): _without_nul(value) for key, value in plain.items()}
    return [_without_nul(value) for value in plain] if isinstance(plain, list) else plain
