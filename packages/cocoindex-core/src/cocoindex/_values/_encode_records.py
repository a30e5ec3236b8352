"""Canonical encodings of what has named fields: dataclasses, msgspec structs, pydantic models, enum members.

Layer `_values`.
"""

from __future__ import annotations

import sys
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ._canonical import Encoder, encode_mixed, encode_state, pack, scalars
from ._type_identity import type_identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._canonical import Walk

_UNSET: Final = b"\xc1-"


def record_encoder(kind: type) -> Encoder | None:
    """The encoder of a class with fields; None for any other class."""
    if hasattr(kind, "__dataclass_fields__"):
        from dataclasses import fields

        return _fields_encoder(kind, tuple(field.name for field in fields(kind)))
    if issubclass(kind, msgspec.Struct):
        return _fields_encoder(kind, kind.__struct_fields__)
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and issubclass(kind, pydantic.BaseModel):
        return _model_encoder(kind)
    return None


def enum_encoder(kind: type[Enum]) -> Encoder:
    """A member is its class, its name and its value."""
    prefix = b"\xc1E" + type_identity(kind)

    def encode(obj: Enum, walk: Walk) -> bytes:
        return prefix + pack(obj.name) + walk.encode_at(".value", obj.value)

    return encode


def _fields_encoder(kind: type, names: tuple[str, ...]) -> Encoder:
    """The class and its field names are encoded once, the values each time."""
    prefix = b"\xc1o" + type_identity(kind) + pack(names)
    values = _values_getter(names)

    def encode(obj: Any, walk: Walk) -> bytes:
        try:
            found = values(obj)
        except AttributeError:
            return prefix + _sparse(obj, names, walk)
        if scalars.issuperset(map(type, found)):
            try:
                return prefix + pack(found)
            except (OverflowError, UnicodeEncodeError):
                pass
        return prefix + b"\xc1(" + encode_mixed([*found], walk, lambda index: f".{names[index]}")

    return encode


def _values_getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda obj: tuple(getattr(obj, name) for name in names)


def _sparse(obj: Any, names: tuple[str, ...], walk: Walk) -> bytes:
    """The values of an object of which some fields were never set."""
    parts = [walk.encode_at(f".{n}", getattr(obj, n)) if hasattr(obj, n) else _UNSET for n in names]
    return b"\xc1?" + b"".join(parts)


def _model_encoder(kind: Any) -> Encoder:
    prefix = b"\xc1P" + type_identity(kind)
    names = tuple(kind.model_fields)

    def encode(obj: Any, walk: Walk) -> bytes:
        values = obj.__dict__
        fields = {name: values[name] for name in names if name in values} | (obj.__pydantic_extra__ or {})
        return prefix + encode_state(fields, walk)

    return encode
