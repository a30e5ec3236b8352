"""Whether a function or class is what its module has under its name, or one of several that share it.

Layer `_values`. What another function makes, or a loop, or a decorator that copies names, is not told by its name.
"""

from __future__ import annotations

import sys
from typing import Any


def is_found_by_name(obj: Any) -> bool:
    """Whether `obj` is found in its module by its qualified name."""
    name = getattr(obj, "__qualname__", None)
    return isinstance(name, str) and is_named(obj, getattr(obj, "__module__", None), name)


def is_named(obj: Any, module: str | None, name: str) -> bool:
    """Whether a module that is loaded has `obj` under a name, which may be dotted."""
    found: Any = sys.modules.get(module or "")
    if found is None or "<" in name:
        return False
    for part in name.split("."):
        found = getattr(found, "__dict__", {}).get(part, _MISSING) if isinstance(found, type) else _get(found, part)
        if isinstance(found, staticmethod | classmethod):
            found = found.__func__
    return found is obj


def _get(holder: Any, name: str) -> Any:
    try:
        return getattr(holder, name, _MISSING)
    except Exception:  # a module may have a __getattr__ of its own
        return _MISSING


_MISSING = object()
