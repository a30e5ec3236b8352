"""The paths of the app's own store, for sources that must not read it.

Layer: connectorkits.
"""

from __future__ import annotations

from .._runtime.scope import _scope

__all__ = ["store_paths"]


def store_paths() -> tuple[str, ...]:
    """Return the real paths of the store folders (`db_path`) of the running component's environment.

    Every update writes to these folders, so a source that walks folders must leave them out. A sink finds the same
    paths in `ContextProvider.store_paths`.

    Returns:
        The paths; an empty tuple if no component is running.
    """
    scope = _scope.get()
    return () if scope is None else scope.component.env.context_provider.store_paths
