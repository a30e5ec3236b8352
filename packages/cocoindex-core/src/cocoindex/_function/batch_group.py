"""Groups the calls of a batched function that may share a batch: those whose other arguments are equal. Layer:
_function."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final


def group_of(value: Any) -> Hashable:
    """Return a key that is equal for equal arguments.

    Plain values are equal only within one type (so neither `1` and `True`, nor `0.0` and `-0.0`), containers by their
    items, and other objects by `==`. An unhashable object equals only itself.
    """
    kind = type(value)
    known = _GROUPS.get(kind)
    if known is not None:
        return kind, known(value)
    try:
        hash(value)
    except TypeError:
        return kind, id(value)
    return kind, value


def _itself(value: Any) -> Hashable:
    return value  # type: ignore[no-any-return]  # a plain value


def _in_order(value: Any) -> Hashable:
    return tuple(map(group_of, value))


def _without_order(value: Any) -> Hashable:
    return frozenset(map(group_of, value))


def _by_key(value: Any) -> Hashable:
    return frozenset((group_of(key), group_of(item)) for key, item in value.items())


_GROUPS: Final[dict[type, Callable[[Any], Hashable]]] = {
    **dict.fromkeys((type(None), bool, int, str, bytes), _itself),
    **dict.fromkeys((float, complex), repr),
    **dict.fromkeys((tuple, list), _in_order),
    **dict.fromkeys((set, frozenset), _without_order),
    dict: _by_key,
}
