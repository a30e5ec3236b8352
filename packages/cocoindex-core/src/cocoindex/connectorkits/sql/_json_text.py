"""Encodes lists, mappings, records and their items as JSON text.

Layer: connectorkits. Equal values give equal texts, so an unchanged value keeps its fingerprint.
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["json_builtins", "json_text"]


def json_text(value: Any) -> str:
    """Encode `value` as compact JSON.

    Dates become ISO 8601 strings, UUIDs and Decimals strings, bytes base64, records objects, NamedTuples arrays, and
    NaN null.

    Raises:
        TypeError: `value`, or something in it, has no JSON form.
    """
    return _encoder.encode(value).decode()


def json_builtins(value: Any) -> Any:
    """Convert `value` to dicts, lists and scalars, for use with another JSON encoder; with the rules of `json_text`.

    Raises:
        TypeError: `value`, or something in it, has no JSON form.
    """
    return msgspec.to_builtins(value, order="deterministic", str_keys=True, enc_hook=_further)


def _further(value: Any) -> Any:
    if hasattr(value, "__pydantic_fields__"):
        return value.model_dump(mode="python")
    if isinstance(value, pathlib.PurePath):
        return str(value)
    if isinstance(value, Mapping):  # such as a mappingproxy
        return dict(value)
    tolist = getattr(value, "tolist", None)  # numpy arrays and scalars have it
    if tolist is not None:
        return tolist()
    raise TypeError(f"a {type(value).__qualname__} cannot be represented in JSON")


# Sets are unordered: without a fixed order, an equal value would look changed in the next run.
_encoder = msgspec.json.Encoder(order="deterministic", enc_hook=_further)
