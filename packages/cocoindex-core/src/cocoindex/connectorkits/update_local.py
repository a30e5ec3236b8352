"""Values that live as long as one update of one app, for connectors whose parts share state.

Layer: connectorkits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from .._runtime.scope import _scope

__all__ = ["update_local"]

T = TypeVar("T")

_values: WeakKeyDictionary[Any, dict[object, Any]] = WeakKeyDictionary()
_lock = threading.Lock()


def update_local(key: object, make: Callable[[], T]) -> T | None:
    """Return the value for `key` in the current update, the same in all its components and threads.

    Args:
        key: a hashable key, such as the module's name or the class of the value.
        make: creates the value on first use; called under a lock, so it must be quick.

    Returns:
        The value, or None if no component is running.
    """
    scope = _scope.get()
    if scope is None:
        return None
    with _lock:
        values = _values.setdefault(scope.component.update, {})
        if key not in values:
            values[key] = make()
        value: T = values[key]
        return value
