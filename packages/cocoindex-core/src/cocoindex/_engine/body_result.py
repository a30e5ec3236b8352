"""What a body leaves, checked and encoded before the first action of its component. Layer: _engine."""

from __future__ import annotations

from types import CoroutineType
from typing import TYPE_CHECKING, Any

from .._values import serialize
from ..errors import MountError, MountTypeError, SerializationError

if TYPE_CHECKING:
    from .._function.memo_state import StateCheck
    from .component import Component


def never_awaited(component: Component, result: CoroutineType[Any, Any, Any]) -> MountTypeError:
    """Return the error of a body that returned a coroutine."""
    result.close()
    return MountTypeError(
        f"{component.name} in component {component} returned the coroutine {result.__qualname__}(), which nobody "
        "awaited, so it did not run; make it an `async def` that awaits it"
    )


def not_awaited(component: Component, call: str, *more: str) -> MountError:
    """Return the error of a body that did not await these calls of mount functions."""
    others = f", nor {len(more)} calls more" if more else ""
    return MountError(
        f"{component.name} in component {component} called {call} and did not await it{others}, so that it did "
        f"nothing; write `await {call.removesuffix(')')}...)`, in an async function"
    )


def stored_states(component: Component, check: StateCheck) -> list[bytes]:
    """Return the memo states of its arguments as they are stored."""
    try:
        return check.stored()
    except SerializationError as error:
        raise error.of(f"a memo state of component {component}") from error


def stored_result(component: Component) -> bytes:
    """Return its result as it is stored."""
    try:
        function = component.call.processor.function
        return serialize(component.result) if function is None else function.stored_result.write(component.result)
    except SerializationError as error:
        raise error.of(f"the result of {component.name} in component {component}, which is memoized,") from error
