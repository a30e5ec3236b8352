"""The apps of this process, by environment and name. Layer: _app."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from ..errors import AppExistsError

if TYPE_CHECKING:
    from .app import App

_apps: weakref.WeakKeyDictionary[Any, dict[str, weakref.ref[App[..., Any]]]] = weakref.WeakKeyDictionary()


def register(app: App[..., Any]) -> None:
    """Add `app`; raise `AppExistsError` if its environment has a living one of the same name."""
    apps = _apps.setdefault(app.environment, {})
    known = apps.get(app.name)
    if known is not None and known() is not None and _is_alive(known):
        raise AppExistsError(
            f"an app named {app.name!r} exists already in the environment {app.environment.name!r}; "
            "give each a name of its own, or another environment; or delete that one first (`del app`, before a cell "
            "of a notebook runs again or a module is loaded again)"
        )
    apps[app.name] = weakref.ref(app)


_PAUSES = (0.0, 0.001, 0.01, 0.05)


def _is_alive(app: weakref.ref[App[..., Any]]) -> bool:
    """Return whether it is still referenced.

    An unreferenced app may be waiting for the garbage collector, and the loop behind the blocking calls drops its
    references a moment after an operation has ended.
    """
    import gc
    import time

    for pause in _PAUSES:
        time.sleep(pause)
        gc.collect()
        if app() is None:
            return False
    return True


def registered_apps() -> list[App[..., Any]]:
    """Return all living apps, in the order of their creation."""
    return [app for apps in _apps.values() for ref in apps.values() if (app := ref()) is not None]
