"""Lists, mappings, records and what they hold, as JSON text.

SQLite connector, row layer.
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["json_text"]


def _further(value: Any) -> Any:
    if hasattr(value, "__pydantic_fields__"):
        return value.model_dump(mode="python")
    if isinstance(value, pathlib.PurePath):
        return str(value)
    if isinstance(value, Mapping):  # such as a mappingproxy
        return dict(value)
    tolist = getattr(value, "tolist", None)  # of numpy's arrays and scalars
    if tolist is not None:
        return tolist()
    raise TypeError(f"a {type(value).__qualname__} has no JSON form")


# Sets have no order of their own: without a fixed one, an equal value would look changed in the next run.
_encoder = msgspec.json.Encoder(order="deterministic", enc_hook=_further)


def json_text(value: Any) -> str:
    """`value` as compact JSON, equal for equal values.

    Dates are ISO 8601, UUIDs and Decimals strings, bytes base64, records objects, NamedTuples arrays; NaN is null.
    Raises TypeError for what JSON cannot say.
    """
    return _encoder.encode(value).decode()
