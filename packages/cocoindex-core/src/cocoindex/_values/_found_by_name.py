"""Checks whether a function or class is the one that its module has under its name, or one of several with that name.

Layer `_values`. An object created by another function, a loop, or a decorator that copies names is not identified by
its name.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from ._module_name import MAINS, globals_of_main


def is_found_by_name(obj: Any) -> bool:
    """Return whether `obj` is found in its module by its qualified name."""
    name = getattr(obj, "__qualname__", None)
    return isinstance(name, str) and is_named(obj, getattr(obj, "__module__", None), name)


def is_named(obj: Any, module: str | None, name: str) -> bool:
    """Return whether a loaded module has `obj` under a name, which may be dotted."""
    if "<" in name:
        return False
    if module in MAINS and _is_in(obj, globals_of_main(), name):
        return True
    found: Any = sys.modules.get(module or "")
    return found is not None and _is_in(obj, found, name)


def _is_in(obj: Any, found: Any, name: str) -> bool:
    """Return whether a module or its variables have `obj` under a name."""
    for part in name.split("."):
        if isinstance(found, Mapping):
            found = found.get(part, _MISSING)
        else:
            found = vars(found).get(part, _MISSING) if isinstance(found, type) else _get(found, part)
        if isinstance(found, staticmethod | classmethod):
            found = found.__func__
    return found is obj


def _get(holder: Any, name: str) -> Any:
    try:
        return getattr(holder, name, _MISSING)
    except Exception:  # a module may have a __getattr__ of its own
        return _MISSING


_MISSING = object()
