"""The type of one result of a batched function, from its return annotation. Layer: _function."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Annotated, Any, Union, get_args, get_origin


def item_hint(hint: Any) -> Any:
    """Return the item type of `hint`; `Any` if it has none, like an array."""
    arguments = get_args(hint)
    origin = get_origin(hint) or hint
    if origin is Annotated:
        return item_hint(arguments[0])
    if origin in (Union, types.UnionType):
        return _any_of(tuple(map(item_hint, arguments)))
    if hasattr(origin, "__value__"):  # an alias of a `type` statement
        return item_hint(origin.__value__[arguments] if arguments else origin.__value__)
    if not isinstance(origin, type) or not issubclass(origin, Sequence):
        return Any
    if not arguments:
        return _any_of(tuple(map(item_hint, getattr(origin, "__orig_bases__", ()))))
    if origin is tuple and arguments[-1] is not ...:
        return _any_of(arguments)
    return arguments[0]


def _any_of(hints: tuple[Any, ...]) -> Any:
    return Any if not hints or Any in hints else Union[hints]  # noqa: UP007  # of a tuple
