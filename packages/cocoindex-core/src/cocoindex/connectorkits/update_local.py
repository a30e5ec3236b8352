"""Values that live as long as one update of one app, for connectors whose parts have to know each other.

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
    """Return the value under `key` of the update that runs here; the same one in all its components and threads.

    Args:
        key: hashable, such as the module's name or the class of the value.
        make: makes the value when it is first asked for; called under a lock, so it must do little.

    Returns:
        The value, or None where no component runs.
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
