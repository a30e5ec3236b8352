"""Canonical encodings of records: dataclasses, msgspec structs, pydantic models, enum members.

Layer `_values`.
"""

from __future__ import annotations

import sys
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cocoindex.errors import MemoKeyError

from ._added_state import added_state, usual_attributes, usual_count
from ._canonical import Encoder, encode_mixed, encode_state, pack, scalars
from ._encode_reduced import reduced_encoder
from ._encode_subclass import content_encoder
from ._type_identity import type_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._canonical import Walk

_REDUCERS: Final = ("__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__")
_UNSET: Final = b"\xc1-"
_OF_MEMBERS: Final = ("_value_", "_name_", "__objclass__", "_sort_order_", "_inverted_", "_hashable_values_")


def record_encoder(kind: type) -> Encoder | None:
    """Return the encoder of a class with fields; None for other classes."""
    if hasattr(kind, "__dataclass_fields__"):
        from dataclasses import fields

        return _with_content(kind, _fields_encoder(kind, tuple(field.name for field in fields(kind))))
    if issubclass(kind, msgspec.Struct):
        return _fields_encoder(kind, kind.__struct_fields__)
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and issubclass(kind, pydantic.BaseModel):
        return _model_encoder(kind)
    return None


def enum_encoder(kind: type[Enum]) -> Encoder:
    """Encode an enum member: its class, name, value and additional attributes."""
    prefix = b"\xc1E" + type_identity(kind)
    added = added_state(kind, _OF_MEMBERS)

    def encode(obj: Enum, walk: Walk) -> bytes:
        data = prefix + pack(obj.name) + walk.encode_at(".value", obj.value)
        state = None if added is None else added(obj)
        return data if state is None else data + _encode_added(state, walk)

    return encode


def _encode_added(state: Mapping[str, Any], walk: Walk) -> bytes:
    """Encode undeclared attributes; objects without content, such as a lock or a client, count by their type."""
    parts = [b"\xc1+", pack(sorted(state))]
    for name in sorted(state):
        before = len(walk.states or ())
        try:
            parts.append(walk.encode(state[name]))
        except MemoKeyError:
            if walk.states is not None:
                del walk.states[before:]
            parts.append(b"\xc1!" + type_identity(type(state[name])))
    return b"".join(parts)


def _with_content(kind: type, encode_fields: Encoder) -> Encoder:
    """`encode_fields` plus the content inherited from a base that is not a record, such as the items of a list."""
    content = content_encoder(kind)
    if content is None and any(_holds_content(base) for base in kind.__mro__[1:-1]):
        content = reduced_encoder(kind)
    if content is None:
        return encode_fields
    return lambda obj, walk: b"\xc1&" + content(obj, walk) + encode_fields(obj, walk)


def _holds_content(base: type) -> bool:
    """Return whether a built-in or standard library class itself defines how its objects are restored."""
    return base.__module__.partition(".")[0] in sys.stdlib_module_names and any(
        name in vars(base) for name in _REDUCERS
    )


def _fields_encoder(kind: type, names: tuple[str, ...]) -> Encoder:
    """Return an encoder that encodes the class and its field names once, and the values each time."""
    prefix = b"\xc1o" + type_identity(kind) + pack(names)
    values = _values_getter(names)
    declared = "__dataclass_fields__" in vars(kind) or issubclass(kind, msgspec.Struct)
    added = added_state(kind, names, private=not declared)
    usual, count = usual_attributes(kind, names), usual_count(kind, names)

    def encode(obj: Any, walk: Walk) -> bytes:
        try:
            found = values(obj)
        except AttributeError:
            found = None
        before = prefix
        if added is not None and (
            found is None or usual is None or (len(obj.__dict__) != count and [*obj.__dict__] != usual)
        ):
            state = added(obj)
            if state is not None:
                before = b"\xc1*" + _encode_added(state, walk) + prefix
        if found is None:
            return before + _sparse(obj, names, walk)
        if scalars.issuperset(map(type, found)):
            try:
                return before + pack(found)
            except (OverflowError, UnicodeEncodeError):
                pass
        return before + b"\xc1(" + encode_mixed([*found], walk, step)

    def step(index: int) -> str:
        return f".{names[index]}"

    return encode


def _values_getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda obj: tuple(getattr(obj, name) for name in names)


def _sparse(obj: Any, names: tuple[str, ...], walk: Walk) -> bytes:
    """Return the values of an object with unset fields."""
    parts = [walk.encode_at(f".{n}", getattr(obj, n)) if hasattr(obj, n) else _UNSET for n in names]
    return b"\xc1?" + b"".join(parts)


def _model_encoder(kind: Any) -> Encoder:
    prefix = b"\xc1P" + type_identity(kind)
    names = tuple(kind.model_fields)

    def encode(obj: Any, walk: Walk) -> bytes:
        values = obj.__dict__
        fields = {name: values[name] for name in names if name in values} | (obj.__pydantic_extra__ or {})
        data = prefix + encode_state(fields, walk)
        private = obj.__pydantic_private__
        return data if not private else data + _encode_added(private, walk)

    return encode
