"""Which functions are reached where no component is known: in a batch, in a subprocess. Layer: _function.

Whoever runs a body there collects them, and hands them to those who wait for its result.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from .._runtime.block import block
from .._runtime.scope import _scope

if TYPE_CHECKING:
    from .function import Function

_reached: ContextVar[set[bytes] | None] = ContextVar("cocoindex_reached", default=None)


@block
def collecting() -> Iterator[set[bytes]]:
    """Collect the logic fingerprints of the functions that are called in the block, for `note`."""
    found: set[bytes] = set()
    token = _reached.set(found)
    try:
        yield found
    finally:
        _reached.reset(token)


def note(fingerprints: set[bytes]) -> None:
    """Have what runs here depend on functions that were reached elsewhere."""
    scope = _scope.get()
    reached = _reached.get() if scope is None else scope.frame.logic
    if reached is not None:
        reached |= fingerprints


@block
def calling(function: Function[Any, Any]) -> Iterator[None]:
    """Note a call outside a component, where somebody collects; how far it counts is as inside one."""
    reached = _reached.get()
    if reached is None:
        yield
        return
    if function.tracking is not None:
        reached.add(function.fingerprint)
    token = _reached.set(reached if function.tracking == "full" else set())
    try:
        yield
    finally:
        _reached.reset(token)


def is_collecting() -> bool:
    """Whether calls outside a component have to be noted."""
    return _reached.get() is not None
