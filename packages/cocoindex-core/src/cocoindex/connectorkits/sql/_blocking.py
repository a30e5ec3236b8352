"""Runs the same code with async drivers and with blocking drivers.

Layer: connectorkits. The kit is async throughout. If a dialect sets `blocking = True`, its methods never suspend. Their
coroutines are then run to completion without an event loop, in the thread of a sink or in a separate thread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..._target.sink import TargetActionSink
from ...errors import ConnectorKitError

if TYPE_CHECKING:
    from ..._runtime.context import ContextProvider

__all__ = ["action_sink", "driven"]

T = TypeVar("T")


def driven(running: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, in this thread, and return its result.

    Raises:
        ConnectorKitError: (a TypeError) the coroutine suspends.
    """
    try:
        running.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    running.close()
    raise ConnectorKitError(
        "a method of a Dialect with blocking = True waits for something: such methods call the driver and await "
        "nothing that suspends; leave out `blocking` for an async driver"
    )


def action_sink(
    apply: Callable[[ContextProvider, Sequence[Any]], Coroutine[Any, Any, Any]],
    *,
    blocking: bool,
    child_handler: Callable[[ContextProvider, Any], Any] | None = None,
    reports: bool = False,
) -> TargetActionSink[Any]:
    """Return a sink that calls `apply`, in a thread if `blocking`; other arguments as for `TargetActionSink`."""

    def apply_blocking(context: ContextProvider, actions: Sequence[Any]) -> Any:
        return driven(apply(context, actions))

    if blocking:
        return TargetActionSink.from_fn(apply_blocking, child_handler=child_handler, reports=reports)
    as_async: Callable[..., Awaitable[Any]] = apply
    return TargetActionSink.from_async_fn(as_async, child_handler=child_handler, reports=reports)
