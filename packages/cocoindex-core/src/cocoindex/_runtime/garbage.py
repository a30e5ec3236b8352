"""Runs the garbage collector less often while updates create many objects; updates may overlap. Layer: _runtime."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator

from .block import block

_THRESHOLD = 200_000
_EVERY = 20

_lock = threading.Lock()
_holders = 0
_before = gc.get_threshold()
_due = 0.0


def is_updating() -> bool:
    """Return whether an update or drop runs in this process."""
    return _holders > 0


def collect_failures() -> None:
    """Collect garbage after failures, for at most a twentieth of the time, unless the program has disabled collection.

    The framework keeps no failure with the values in its frames. But user code may leave cycles with it, as an
    `asyncio.TaskGroup` does.
    """
    global _due
    began = time.monotonic()
    if gc.isenabled() and began >= _due:
        gc.collect()
        _due = began + _EVERY * (time.monotonic() - began)


@block
def collecting_less() -> Iterator[None]:
    """Raise the threshold of the youngest generation; the last block to end restores the original value."""
    global _holders, _before
    with _lock:
        if _holders == 0:
            _before = gc.get_threshold()
            gc.set_threshold(max(_before[0], _THRESHOLD), *_before[1:])
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if _holders == 0:
                gc.set_threshold(*_before)
