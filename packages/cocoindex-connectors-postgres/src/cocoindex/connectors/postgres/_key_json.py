"""Converts JSON to key parts: values that are equal as `jsonb` give the same text.

Postgres connector, row layer.
"""

from __future__ import annotations

import decimal
import json
from typing import Any

from cocoindex.connectorkits.sql import exact_text

from ._json_text import key_json_text

__all__ = ["canonical_json"]


def canonical_json(value: Any) -> str:
    """Return `value` as canonical JSON text; a str is JSON already, returned by an encoder.

    Names in objects are sorted, the last of equal names counts, and `1.0` equals `1`, as in `jsonb`.
    """
    text = value if isinstance(value, str) else key_json_text(value)
    try:
        parsed = json.loads(text, parse_float=decimal.Decimal, parse_int=decimal.Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply to be a key") from None
    return _text(parsed)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(name)}: {_text(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, decimal.Decimal):
        return exact_text(value)
    if isinstance(value, str) and "\0" in value:
        raise ValueError("the JSON holds U+0000, which PostgreSQL cannot store; without it, two keys could be equal")
    return json.dumps(value, ensure_ascii=False)


def _refuse(constant: str) -> Any:
    raise ValueError(f"JSON has no {constant}")
