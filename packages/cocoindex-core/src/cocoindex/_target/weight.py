"""The approximate size of declared values, which limits the queue. Layer: _target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .declared_value import ATOMS

_DEPTH = 3

WEIGHTLESS = frozenset({type(None), bool, int, float})
"""Types whose values do not count."""


def weight_of(value: Any) -> int:
    """Return the size in bytes of the texts and binary data in a value, down to the usual depth of rows and files."""
    try:
        return _weight(value, _DEPTH)
    except Exception:  # inspecting a user's object may run any code
        return 0


def _weight(value: Any, depth: int) -> int:
    kind = type(value)
    if kind is bytes or kind is str or kind is bytearray:
        return len(value)
    if kind in ATOMS or depth == 0:
        return 0
    if isinstance(value, tuple | list):  # before the check for mappings, which costs more
        return sum([_weight(item, depth - 1) for item in value if type(item) not in WEIGHTLESS])
    if isinstance(value, Mapping):
        return sum([_weight(item, depth - 1) for item in value.values() if type(item) not in WEIGHTLESS])
    size = getattr(value, "nbytes", None)
    if type(size) is int:  # an array, or a view of memory
        return size
    names = getattr(kind, "__struct_fields__", None) or getattr(kind, "__slots__", None)
    if isinstance(names, tuple | list):
        return sum(_weight(getattr(value, name, None), depth - 1) for name in names if isinstance(name, str))
    fields = getattr(value, "__dict__", None)
    return _weight(fields, depth) if type(fields) is dict else 0
