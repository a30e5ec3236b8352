"""Canonical encodings of subclasses of str, int, list, dict and so on: the class, the content, additional attributes.

Layer `_values`.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any, Final

from ._added_state import added_state
from ._canonical import Encoder, Walk, builtin_encoders, encode_state, pack
from ._type_identity import type_identity

_NOTHING: Final = pack(None)
_FACTORY: Final = vars(defaultdict)["default_factory"].__get__
# How the content is read as the base type, bypassing overrides of the subclass.
_CONTENT: Final[dict[type, tuple[type, Callable[[Any], Any]]]] = {
    OrderedDict: (tuple, lambda obj: tuple(OrderedDict.items(obj))),
    defaultdict: (tuple, lambda obj: (_FACTORY(obj), dict.copy(obj))),
    str: (str, str.__str__),
    int: (int, int.__int__),
    float: (float, float.__float__),
    bytes: (bytes, lambda obj: bytes(memoryview(obj))),
    tuple: (tuple, lambda obj: tuple.__getitem__(obj, slice(None))),
    list: (list, lambda obj: list.__getitem__(obj, slice(None))),
    dict: (dict, lambda obj: dict(dict.items(obj))),
    set: (set, set),
    frozenset: (frozenset, frozenset),
}


def subclass_encoder(kind: type) -> Encoder | None:
    """Return the encoder of a class derived from a built-in one; None for other classes."""
    content = content_encoder(kind)
    if content is None:
        return None
    prefix = b"\xc1S" + type_identity(kind)
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        prefix += b"\xc1N" + builtin_encoders[tuple](tuple(kind._fields), Walk(None))  # a NamedTuple
    added = added_state(kind)

    def encode(obj: Any, walk: Walk) -> bytes:
        return prefix + content(obj, walk) + (_NOTHING if added is None else encode_state(added(obj), walk))

    return encode


def content_encoder(kind: type) -> Encoder | None:
    """Return the encoder of an object's content as its built-in base type; None if it has no such base."""
    base = next((base for base in kind.__mro__ if base in _CONTENT), None)
    if base is None:
        return None
    plain, content = _CONTENT[base]
    encode_content = builtin_encoders[plain]
    return lambda obj, walk: encode_content(content(obj), walk)
