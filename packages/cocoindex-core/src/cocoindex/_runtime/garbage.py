"""Collecting garbage less often while updates build many objects; updates may overlap. Layer: _runtime."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

from .block import block

_THRESHOLD = 200_000

_lock = threading.Lock()
_holders = 0
_before = gc.get_threshold()


def is_updating() -> bool:
    """Whether an update or drop runs in this process."""
    return _holders > 0


@block
def collecting_less() -> Iterator[None]:
    """Raise the threshold of the youngest generation; the last block to end puts back what held before the first."""
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
