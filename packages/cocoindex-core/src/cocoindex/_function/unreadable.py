"""Says in the log that something memoized cannot be read and is made anew. Layer: _function."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from .._described import is_a
from .._runtime.log import WARNING, log
from ..errors import DeserializationError, StoredShapeError

_told: WeakKeyDictionary[object, set[tuple[str, str]]] = WeakKeyDictionary()


def tell_unreadable(run: object, what: str, name: str, error: DeserializationError) -> None:
    """Warn; of a class whose shape has changed once a run and function, as it concerns all that the function gave.

    Args:
        run: the update that needs it.
        what: what cannot be read, and where it is.
        name: the function that gave it.
    """
    if is_a(error, StoredShapeError):
        told = _told.setdefault(run, set())
        if (name, error.names) in told:
            return
        told.add((name, error.names))
    log(WARNING, f"{what} cannot be read and runs again: {error}")
