"""The logic fingerprints of this process: a stored one is valid while a function with it exists.

Layer: _function. A function that was defined again from another source does not count, as what still refers to it may
be no more than the traceback of an exception that a notebook keeps.
"""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .logic import Origin

    class HasFingerprint(Protocol):
        """A function whose logic is tracked."""

        @property
        def fingerprint(self) -> bytes: ...

        @property
        def origin(self) -> Origin: ...


_by_fingerprint: dict[bytes, weakref.WeakSet[HasFingerprint]] = {}
_unread: list[weakref.ref[HasFingerprint]] = []
_latest: dict[tuple[object, str], object] = {}
"""By module and name, and by file and name: the source of the function that was defined last. Two modules may have one
name, and a file may be loaded as several modules."""
_lock = threading.Lock()


def announce(function: HasFingerprint) -> None:
    """Register a function; its fingerprint is computed on the first look-up."""
    _unread.append(weakref.ref(function))
    _latest.update(dict.fromkeys(_places(function), function.origin.source))


def is_live(fingerprint: bytes) -> bool:
    """Return whether a function with this fingerprint exists; compute missing fingerprints."""
    with _lock:
        if any(map(_is_current, _by_fingerprint.get(fingerprint, ()))):
            return True
        while _unread:
            function = _unread.pop()()
            if function is not None:
                _by_fingerprint.setdefault(function.fingerprint, weakref.WeakSet()).add(function)
        return any(map(_is_current, _by_fingerprint.get(fingerprint, ())))


def _is_current(function: HasFingerprint) -> bool:
    source = function.origin.source
    return all(_latest.get(place, source) == source for place in _places(function))


def _places(function: HasFingerprint) -> list[tuple[object, str]]:
    origin, name = function.origin, _name(function)
    return [] if name.endswith("<lambda>") else [(origin.module, name), (origin.path, name)]


def name_of(fingerprint: bytes) -> str:
    """Return the module and qualified name of a function with this fingerprint; empty if none exists."""
    return _name(next(iter(_by_fingerprint.get(fingerprint, ())), None)) if is_live(fingerprint) else ""


def is_there(name: str) -> bool:
    """Return whether a function with this module and qualified name exists, with any logic."""
    with _lock:
        known = list(_by_fingerprint.values())
        unread = [each() for each in _unread]
    return any(_name(function) == name for functions in known for function in list(functions)) or any(
        _name(function) == name for function in unread
    )


def _name(function: object) -> str:
    if function is None:
        return ""
    return f"{getattr(function, '__module__', '')}:{getattr(function, '__qualname__', '')}"
