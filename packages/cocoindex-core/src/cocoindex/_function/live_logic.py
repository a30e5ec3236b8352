"""The logic fingerprints of this process: a stored one is valid while a function with it exists. Layer: _function."""

from __future__ import annotations

import threading
from collections.abc import Callable

_known: set[bytes] = set()
_pending: list[Callable[[], bytes]] = []
_lock = threading.Lock()


def announce(compute: Callable[[], bytes]) -> None:
    """Say that a function exists; `compute` gives its fingerprint, when somebody asks."""
    _pending.append(compute)


def is_live(fingerprint: bytes) -> bool:
    """Whether a function with this fingerprint exists here; computes those that nobody asked for so far."""
    if fingerprint in _known:
        return True
    with _lock:
        while _pending:
            _known.add(_pending.pop()())
    return fingerprint in _known
