"""Checks whether the current work should stop: its time limit has passed, or its update was cancelled. Layer:
_runtime."""

from __future__ import annotations

from ..errors import UpdateCancelledError
from .deadline import _deadline, check_deadline
from .scope import _scope


def check_cancellation() -> None:
    """Raise if the current work should stop. Call it in long loops, sync or async; outside a component it does nothing.

    Raises:
        DeadlineExceededError: (a TimeoutError) the time limit set by `coco.timeout()` has passed.
        UpdateCancelledError: (a RuntimeError) the current update was cancelled, for instance by Ctrl-C.
    """
    scope = _scope.get()
    component = None if scope is None else scope.component
    deadline = _deadline.get()
    if deadline is not None:
        check_deadline(deadline, "coco.check_cancellation()" if component is None else f"component {component}")
    if component is not None and component.stopping:
        raise UpdateCancelledError(f"the update was cancelled while component {component} ran; the next one runs it")


def leave_where_cancelled() -> None:
    """Raise CancelledError again if the update of the running component was cancelled.

    User code may have swallowed the first one. What it waits for then would never come: nothing new is started.
    """
    from .left import is_cut_short

    scope = _scope.get()
    if scope is not None and (scope.component.stopping or is_cut_short()):
        import asyncio

        raise asyncio.CancelledError(f"the update was cancelled while component {scope.component} ran")
