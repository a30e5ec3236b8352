"""What is reached where no component is known: in a batch, in another process. Layer: _function.

Whoever runs a body there collects it, and hands it to those who wait for its result.
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
    """Collect what is reached in the block, for `note`."""
    found: Reached = set()
    token = _reached.set(found)
    try:
        yield found
    finally:
        _reached.reset(token)


def note(reached: Reached) -> None:
    """Have what runs here depend on what was reached elsewhere.

    Raises:
        ContextKeyError: (a KeyError) a context key of which changes are to be detected has a value there alone.
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
