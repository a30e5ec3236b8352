"""Canonical encodings of subclasses of str, int, list, dict and so on: the class, the content, what was added to it.

Layer `_values`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ._canonical import Encoder, builtin_encoders
from ._type_identity import type_identity

if TYPE_CHECKING:
    from ._canonical import Walk

# How the content is taken out as the base type, past anything that the subclass overrides.
_CONTENT: Final[dict[type, Callable[[Any], Any]]] = {
    OrderedDict: lambda obj: tuple(obj.items()),
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    bytes: lambda obj: bytes(memoryview(obj)),
    tuple: lambda obj: tuple.__getitem__(obj, slice(None)),
    list: lambda obj: list.__getitem__(obj, slice(None)),
    dict: dict.copy,
    set: set,
    frozenset: frozenset,
}


def subclass_encoder(kind: type) -> Encoder | None:
    """The encoder of a class derived from a built-in one; None for any other class."""
    base = next((base for base in kind.__mro__ if base in _CONTENT), None)
    if base is None:
        return None
    prefix = b"\xc1S" + type_identity(kind)
    content = _CONTENT[base]
    encode_content = builtin_encoders[tuple if base is OrderedDict else base]

    def encode(obj: Any, walk: Walk) -> bytes:
        state = object.__getstate__(obj)
        return prefix + encode_content(content(obj), walk) + walk.encode(state)

    return encode
