"""Finds an object inside a value, for error messages.

Layer `_values`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def locate(value: object, target: object) -> str:
    """Return the path from `value` to the object `target`, like `[0].field`; empty if it is not found."""
    seen: set[int] = set()
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        path, obj = waiting.pop()
        if obj is target:
            return path
        if id(obj) not in seen:
            seen.add(id(obj))
            waiting.extend((path + step, part) for step, part in _parts(obj))
    return ""


def _parts(obj: Any) -> Iterator[tuple[str, object]]:
    if isinstance(obj, dict):
        yield from ((f".keys()[{number}]", key) for number, key in enumerate(obj))
        yield from ((f"[{key!r:.40}]", part) for key, part in obj.items())
    elif isinstance(obj, list | tuple):
        yield from ((f"[{number}]", part) for number, part in enumerate(obj))
    elif isinstance(obj, set | frozenset):
        yield from (("{...}", part) for part in obj)
    else:
        yield from ((f".{name}", getattr(obj, name)) for name in _field_names(obj) if hasattr(obj, name))


def _field_names(obj: Any) -> Iterable[str]:
    kind = type(obj)
    for attribute in ("__dataclass_fields__", "__struct_fields__", "model_fields"):
        if hasattr(kind, attribute):
            return tuple(getattr(kind, attribute))
    return getattr(obj, "__dict__", ())
