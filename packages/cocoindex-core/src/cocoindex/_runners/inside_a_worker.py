"""Marks code of a call from another process: calls that it makes stay in this process. Layer: _runners."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

from .._function.batches import carry_into_batches
from .._runtime.block import block

_inside: Final[ContextVar[bool]] = ContextVar("cocoindex_inside_a_worker", default=False)


# Batches that such a call waits for also stay in this process.
carry_into_batches(_inside)


@block
def inside() -> Iterator[None]:
    """Mark the block as such a call."""
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def inside_a_worker() -> bool:
    """Return whether this code belongs to such a call."""
    return _inside.get()
