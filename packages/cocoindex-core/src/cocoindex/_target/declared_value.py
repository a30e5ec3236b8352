"""Copies declared values, so that later changes to them have no effect. Layer: _target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

ATOMS = frozenset({type(None), bool, int, float, str, bytes})


def as_declared(value: Any) -> Any:
    """Return an equal value of the same types that shares no list, dict, set or array with `value`.

    Only plain data is copied: builtin containers, named tuples and numpy arrays. Other objects are kept as they are.
    """
    try:
        return _copied(value)
    except RecursionError:  # deeper than Python's stack, or recursive: rare enough
        return value


def _copied(value: Any) -> Any:
    kind = type(value)
    copy = _COPIES.get(kind)
    if copy is not None:
        return copy(value)
    if isinstance(value, tuple):
        return _tuple(value)
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        return value.copy()
    return value


def _dict(value: dict[Any, Any]) -> dict[Any, Any]:
    return {key: item if type(item) in ATOMS else _copied(item) for key, item in value.items()}


def _list(value: Iterable[Any]) -> list[Any]:
    return [item if type(item) in ATOMS else _copied(item) for item in value]


def _tuple(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if ATOMS.issuperset(map(type, value)):
        return value
    items = _list(value)
    if all(new is old for new, old in zip(items, value, strict=True)):
        return value
    if type(value) is tuple:
        return tuple(items)
    make = getattr(type(value), "_make", None)
    return value if make is None else make(items)


_COPIES: dict[type, Callable[[Any], Any]] = {dict: _dict, list: _list, set: set, bytearray: bytearray}
