"""Whether code belongs to a call that came from another process: calls that it makes stay there. Layer: _runners."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

from .._function.batches import carry_into_batches
from .._runtime.block import block

_inside: Final[ContextVar[bool]] = ContextVar("cocoindex_inside_a_worker", default=False)


# Batches that such a call waits for stay there, too.
carry_into_batches(_inside)


@block
def inside() -> Iterator[None]:
    """Have the block be such a call."""
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def inside_a_worker() -> bool:
    """Whether this code belongs to such a call."""
    return _inside.get()
