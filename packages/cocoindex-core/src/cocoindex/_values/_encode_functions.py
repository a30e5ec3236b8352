"""Canonical encodings of functions and classes: by name where they have one in their module, else by their code.

Layer `_values`.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

from ._canonical import pack
from ._code_bytes import code_bytes
from ._module_name import module_name
from ._type_identity import type_identity

if TYPE_CHECKING:
    from ._canonical import Walk


def encode_class(obj: type, walk: Walk) -> bytes:
    return b"\xc1c" + type_identity(obj)


def encode_function(obj: FunctionType, walk: Walk) -> bytes:
    """A lambda, or a function made by another one, is what its code, its defaults and what it captured are."""
    name = b"\xc1n" + pack((module_name(obj.__module__), obj.__qualname__))
    if "<" not in obj.__qualname__:
        return name
    captured = tuple(map(_cell_content, obj.__closure__ or ()))
    return b"".join(
        [
            b"\xc1F",
            name,
            pack(code_bytes(obj.__code__)),
            walk.encode_at(".__defaults__", obj.__defaults__),
            walk.encode_at(".__kwdefaults__", obj.__kwdefaults__),
            walk.encode_at(".__closure__", captured),
        ]
    )


def _cell_content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return ...  # not assigned yet
