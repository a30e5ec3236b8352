"""Dependencies collected where no component is known: in a batch, or in another process. Layer: _function.

The code that runs a body there collects them and passes them to the callers that wait for the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from .._runtime.block import block
from .._runtime.scope import _scope
from ..errors import ContextKeyError

if TYPE_CHECKING:
    from .function import Function

Reached: TypeAlias = set[bytes | str]
"""The logic fingerprints of the functions that were called, and the names of the change-detected context keys."""

_reached: ContextVar[Reached | None] = ContextVar("cocoindex_reached", default=None)


@block
def collecting() -> Iterator[Reached]:
    """Collect the dependencies of the block, for `note`."""
    found: Reached = set()
    token = _reached.set(found)
    try:
        yield found
    finally:
        _reached.reset(token)


def note(reached: Reached) -> None:
    """Add dependencies collected elsewhere to the running code.

    Raises:
        ContextKeyError: (a KeyError) a change-detected context key has a value only there.
    """
    scope = _scope.get()
    if scope is None:
        collected = _reached.get()
        if collected is not None:
            collected |= reached
        return
    for each in reached:
        if isinstance(each, bytes):
            scope.frame.logic.add(each)
            continue
        fingerprint = scope.component.change_fingerprint(each)
        if fingerprint is None:
            raise ContextKeyError(
                f"the context key {each!r} (detect_change=True) was read in a worker, but has no value in this "
                "process, which is needed to detect changes: provide it also in the function that @coco.lifespan marks"
            )
        scope.frame.context.add((each, fingerprint))


@block
def calling(function: Function[Any, Any]) -> Iterator[None]:
    """Record a call outside a component while dependencies are collected; it counts as inside a component."""
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
    """Return whether dependencies are being collected outside a component."""
    return _reached.get() is not None
