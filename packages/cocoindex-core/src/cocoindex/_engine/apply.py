"""Applies the actions of many components through one sink. Layer: _engine."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from .._function.outcome import close_unstarted, outcome_of_awaiting
from .._runtime.interruption import is_interruption
from .._runtime.left import cancelled
from .._runtime.start_task import start_task
from .._target.reconcile import INVALIDATIONS, encode_record
from ..errors import TargetStateError
from .plan import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._runtime.context import ContextProvider
    from .._target.handler import Applied
    from .._target.sink import TargetActionSink
    from .._target.state import TargetState
    from .plan import Share
    from .unit import Unit

UnitShare = tuple["Unit", "Share"]
Shares = list[UnitShare]


async def apply(context: ContextProvider, sink: TargetActionSink[Any], shares: Shares) -> dict[Unit, BaseException]:
    """Apply the actions of `sink` for some units, in one call if possible.

    Returns:
        The units with a failed action, with the exception.
    """
    try:
        await _call(context, sink, shares)
        return {}
    except BaseException as exc:
        if is_interruption(exc):
            raise
        from .search import Search  # most calls succeed

        search = Search(partial(_call, context, sink), shares, exc)
    await search.run()
    return search.end()


async def _call(context: ContextProvider, sink: TargetActionSink[Any], shares: Shares) -> None:
    actions = [action for _, share in shares for action in share[0]]
    children = [child for _, share in shares for child in share[1]]
    wanted = [child is not None for child in children]
    slots = sink._slots(wanted) if sink._with_slots else {}
    args = (context, actions, slots) if sink._with_slots else (context, actions)
    returned = await _apart(sink, args) if sink._is_async else await sink._apply(*args)
    if sink._reports:
        _take_up(sink._reported(returned, len(actions)), sink, shares)
        returned = None
    if not (any(wanted) or returned is not None):
        return
    handlers = sink._child_handlers(context, actions, wanted, slots, returned)
    for child, handler in zip(children, handlers, strict=True):
        if child is None:
            continue
        if handler is None:
            raise TargetStateError(
                f"the sink of the container {child.path} gave no handler for its children; "
                "build it with TargetActionSink.from_fn(..., child_handler=...)"
            )
        child._resolve(handler)


async def _apart(sink: TargetActionSink[Any], args: tuple[Any, ...]) -> Any:
    """Call an async sink in a task of its own, because it may cancel its task."""
    call = sink._apply(*args)
    try:
        task = start_task(outcome_of_awaiting(call))
    except BaseException:
        close_unstarted([call])
        raise
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:  # the loop ends
        await cancelled([task])
        raise
    finally:
        close_unstarted([call])
    if task.cancelled():
        raise TargetStateError("the sink was cancelled from inside; raise another exception to say why it fails")
    return task.result().get()


def _take_up(reported: Mapping[int, Applied[Any]], sink: TargetActionSink[Any], shares: list[UnitShare]) -> None:
    """Add the sink's reports to the plans of the units."""
    first = 0
    for unit, share in shares:
        assert unit.plan is not None and unit.plan.reports is not None
        if reported:
            for at, acted in enumerate(unit.plan.reports.acted[sink], first):
                if acted is not None and at in reported:
                    state_id, state = acted
                    unit.plan.reports.applied[state_id] = _finding(reported[at], state)
        first += len(share[0])


def _finding(applied: Applied[Any], state: TargetState[Any]) -> Finding:
    """Return the report to store; it is encoded here, so that a failure concerns its components only."""
    if applied.child_invalidation not in INVALIDATIONS:
        raise TargetStateError(
            f"the sink of {state.path} reported child_invalidation={applied.child_invalidation!r}; it is None, "
            "'destructive' or 'lossy'"
        )
    return Finding(encode_record(applied.tracking_record, state), applied.child_invalidation)
