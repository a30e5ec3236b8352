"""Canonical encodings of functions and classes: by name if their module has them, else by content; and of loggers.

Layer `_values`.
"""

from __future__ import annotations

from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from ._canonical import encode_state, pack
from ._code_bytes import code_bytes
from ._found_by_name import is_found_by_name
from ._module_name import module_name
from ._type_identity import type_identity

if TYPE_CHECKING:
    from logging import Logger

    from ._canonical import Walk


def encode_class(obj: type, walk: Walk) -> bytes:
    return b"\xc1c" + type_identity(obj)


def encode_function(obj: FunctionType, walk: Walk) -> bytes:
    """Encode a function; one that its module does not have by name (a lambda, a nested function) by its code and
    captured values."""
    name = b"\xc1n" + pack((module_name(obj.__module__), obj.__qualname__))
    if is_found_by_name(obj):
        return name
    captured = tuple(map(cell_content, obj.__closure__ or ()))
    attributes = {key: value for key, value in vars(obj).items() if key != "__wrapped__"}
    return b"".join(
        [
            b"\xc1F",
            name,
            pack(code_bytes(obj.__code__)),
            walk.encode_at(".__defaults__", obj.__defaults__),
            walk.encode_at(".__kwdefaults__", obj.__kwdefaults__),
            walk.encode_at(".__closure__", captured),
            encode_state(attributes or None, walk),
        ]
    )


def encode_method(obj: MethodType, walk: Walk) -> bytes:
    """Encode a bound method: its function, whatever its name, and its instance."""
    return b"\xc1B" + walk.encode_at(".__func__", obj.__func__) + walk.encode_at(".__self__", obj.__self__)


def encode_logger(obj: Logger, _: Walk) -> bytes:
    """Encode a logger by its name, which usually is that of a module."""
    return b"\xc1G" + pack(module_name(obj.name))


def cell_content(cell: Any) -> Any:
    """Return the captured value of a variable of an enclosing function."""
    try:
        return cell.cell_contents
    except ValueError:
        return ...  # not assigned yet
