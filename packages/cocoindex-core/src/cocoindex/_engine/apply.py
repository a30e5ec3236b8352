"""Applies the actions of a batch through their sinks, and finds out whose failed. Layer: _engine."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any

from ..errors import TargetStateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._runtime.context import ContextProvider
    from .._target.handler import Applied
    from .._target.sink import TargetActionSink
    from .plan import Share
    from .unit import Unit

UnitShare = tuple["Unit", "Share"]


async def apply(context: ContextProvider, units: list[Unit]) -> dict[Unit, BaseException]:
    """Apply the actions of `units`; each sink gets those of all units in one call.

    Returns:
        The units of which an action failed, with the exception.
    """
    shares: dict[TargetActionSink[Any], list[UnitShare]] = {}
    for unit in units:
        assert unit.plan is not None
        for sink, share in unit.plan.shares.items():
            shares.setdefault(sink, []).append((unit, share))
    failed: dict[Unit, BaseException] = {}
    if len(shares) == 1:
        [(sink, theirs)] = shares.items()
        await _apply_halving(context, sink, theirs, failed)
    else:
        await asyncio.gather(*(_apply_halving(context, sink, theirs, failed) for sink, theirs in shares.items()))
    return failed


async def _apply_halving(
    context: ContextProvider, sink: TargetActionSink[Any], shares: list[UnitShare], failed: dict[Unit, BaseException]
) -> None:
    """Apply all at once; where that fails, halve, so that one bad action fails one component.

    At most about 2·log₂ n calls: with one bad action that finds it, and with a dead server it ends soon.
    """
    budget = 1 + 2 * math.ceil(math.log2(max(len(shares), 1)))
    waiting = [shares]
    error: BaseException | None = None
    while waiting:
        group = waiting.pop()
        if budget == 0:
            assert error is not None
            failed.update((unit, error) for unit, _ in group)
            continue
        budget -= 1
        try:
            await _call(context, sink, group)
        except (Exception, asyncio.CancelledError, SystemExit) as exc:
            if _is_cancelled(exc):
                raise
            error = exc
            if isinstance(exc, TimeoutError):  # smaller batches would only wait as long again
                budget = 0
            if len(group) == 1:
                failed[group[0][0]] = exc
            else:
                middle = len(group) // 2
                waiting += [group[middle:], group[:middle]]


def _is_cancelled(error: BaseException) -> bool:
    """Whether this task is cancelled; else a `CancelledError` comes from something that the sink itself gave up."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


async def _call(context: ContextProvider, sink: TargetActionSink[Any], shares: list[UnitShare]) -> None:
    actions = [action for _, share in shares for action in share[0]]
    children = [child for _, share in shares for child in share[1]]
    wanted = [child is not None for child in children]
    slots = sink.slots(wanted) if sink.with_slots else {}
    args = (context, actions, slots) if sink.with_slots else (context, actions)
    returned = await sink.apply(*args)
    if sink.reports:
        _take_up(sink.reported(returned, len(actions)), sink, shares)
        returned = None
    if not (any(wanted) or returned is not None):
        return
    handlers = sink.child_handlers(context, actions, wanted, slots, returned)
    for child, handler in zip(children, handlers, strict=True):
        if child is None:
            continue
        if handler is None:
            raise TargetStateError(
                f"the sink of the container {child.path} gave no handler for its children; "
                "build it with TargetActionSink.from_fn(..., child_handler=...)"
            )
        child.resolve(handler)


def _take_up(reported: Mapping[int, Applied[Any]], sink: TargetActionSink[Any], shares: list[UnitShare]) -> None:
    """Note in the plans of the units what the sink found out."""
    first = 0
    for unit, share in shares:
        assert unit.plan is not None
        if reported:
            for at, ident in enumerate(unit.plan.acted[sink], first):
                if ident is not None and at in reported:
                    unit.plan.applied[ident] = reported[at]
        first += len(share[0])
