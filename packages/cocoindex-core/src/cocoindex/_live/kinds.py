"""Recognizes live objects by their methods; connectors and programs need no base class. Layer: _live."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from .protocols import LiveComponent, LiveMapFeed


def is_live_component(given: Any) -> TypeGuard[type[LiveComponent]]:
    """Return whether it is a class of live components: one with `process` and `process_live`."""
    return (
        isinstance(given, type)
        and callable(getattr(given, "process", None))
        and callable(getattr(given, "process_live", None))
    )


def is_live_map(given: Any) -> TypeGuard[LiveMapFeed[Any, Any]]:
    """Return whether it is a live map: an object with an async `watch`."""
    watch = getattr(given, "watch", None)
    if isinstance(given, type) or not callable(watch):
        return False
    # A decorator may be a plain function that returns the coroutine of the async one.
    return inspect.iscoroutinefunction(watch) or inspect.iscoroutinefunction(inspect.unwrap(watch))


def can_be_listed(given: Any) -> bool:
    """Return whether a live map is a view, whose current items can be listed."""
    return callable(getattr(given, "batches", None)) or callable(getattr(type(given), "__aiter__", None))
