"""Applies the actions of many components through one sink, and finds out which components failed. Layer: _engine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .._described import is_a
from .._function.outcome import close_unstarted, outcome_of_awaiting
from .._runtime.interruption import is_interruption
from .._runtime.left import cancelled
from .._target.reconcile import INVALIDATIONS, encode_record
from ..errors import TargetStateError
from .exchanges import has_old, of_one_kind, pairs, without_one
from .plan import Finding
from .refusal import is_refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .._runtime.context import ContextProvider
    from .._target.handler import Applied
    from .._target.sink import TargetActionSink
    from .._target.state import TargetState
    from .plan import Share
    from .unit import Unit

UnitShare = tuple["Unit", "Share"]
Shares = list[UnitShare]

_ALIKE, _ALONE = 4, 16
"""So many components that fail alone, while none succeeds, are a target out of reach: fewer where all fail alike."""

_FEW = 8
"""So many that have failed, and not alike, may exchange what they have, though the target has not been reached."""

_PATIENCE = 16
"""After so many failures in a row, what succeeded before is tried once more, as the target may have gone meanwhile."""


async def apply(context: ContextProvider, sink: TargetActionSink[Any], shares: Shares) -> dict[Unit, BaseException]:
    """Apply the actions of `sink` for some units, in one call if possible.

    Returns:
        The units with a failed action, with the exception.
    """
    search = _Search(context, sink, shares)
    await search.apply()
    return search.end()


class _Search:
    """Applies the actions of one sink: all at once, and after a failure in parts, to find the bad components.

    With k bad components among n it takes about 2·k·log₂ n calls, at most 2·n, and all others are applied. A call that
    succeeds proves that the target can be reached, and so does one that fails because of what is written. Before the
    first such call, components are tried alone: if these fail, the target cannot be reached.
    Components that fail alone may exchange something, such as a unique value: they succeed only together.

    An exception of a sink refers to the frames here. So these drop the exception before they end: otherwise both would
    stay in memory, with all values, until garbage is collected.
    """

    def __init__(self, context: ContextProvider, sink: TargetActionSink[Any], shares: Shares) -> None:
        self._failed: dict[Unit, BaseException] = {}
        self._context = context
        self._sink = sink
        self._shares = shares
        self._good: Shares | None = None
        self._reached = False
        self._in_a_row = 0
        self._patience = _PATIENCE
        self._words: set[tuple[type, str]] = set()

    async def apply(self) -> None:
        if not await self._try(self._shares):
            await self._search()
            if len(self._failed) > 1:
                await self._try_together()

    def end(self) -> dict[Unit, BaseException]:
        """Return the units with a failed action, with the exception, and drop the references to them."""
        failed, self._failed, self._shares, self._good = self._failed, {}, [], None
        return failed

    async def _search(self) -> None:
        """Find the bad components after the call for all has failed."""
        rest = await self._try_alone(self._shares)
        waiting = [rest] if rest and not await self._try(rest) else []
        while waiting:
            group = waiting.pop()
            if len(group) == 1 or await self._is_gone():
                continue
            middle = len(group) // 2
            for half in (group[middle:], group[:middle]):
                if not await self._try(half):
                    waiting.append(half)

    async def _try_alone(self, shares: Shares) -> Shares:
        """Find out whether the target can be reached; return what is left to try."""
        if len(shares) == 1 or is_a(self._failed[shares[0][0]], TimeoutError):  # smaller calls would wait as long again
            return []
        rest = list(shares)
        for number in range(min(_ALONE, len(shares))):
            # The first, then others that are far from each other.
            [alone] = [rest.pop(number * (len(rest) - 1) // _ALIKE % len(rest))]
            if await self._try([alone]) or self._reached:
                break
            self._words.add(words_of(self._failed[alone[0]]))
            if number + 1 >= _ALIKE and len(self._words) == 1:
                break
        return rest if self._reached else []

    async def _try_together(self) -> None:
        """Try failed components together: they may exchange something, or block each other."""
        failed, had = self._still_failed(), self._still_failed(has_old)
        if not had or not (self._reached or (len(failed) <= _FEW and len(self._words) > 1)):
            return
        if len(failed) < len(self._shares):
            await self._try_again([failed])
        await self._try_again(without_one(failed))
        if len(had) < len(failed):
            await self._try_again([had])
        if self._reached or len(failed) <= _ALIKE:
            await self._try_again(of_one_kind(self._still_failed(has_old), dict(self._failed)))
            await self._try_again(pairs(self._still_failed(has_old)))

    def _still_failed(self, which: Callable[[Unit], bool] = lambda unit: True) -> Shares:
        return [share for share in self._shares if share[0] in self._failed and which(share[0])]

    async def _try_again(self, groups: Iterable[Shares]) -> None:
        """Try some failed components together; if that fails, each keeps its own error."""
        for group in groups:
            if len(group) < 2 or any(unit not in self._failed for unit, _ in group) or await self._is_gone():
                continue
            if await self._succeeds(group):
                for unit, _ in group:
                    del self._failed[unit]

    async def _is_gone(self) -> bool:
        """Return whether the target can no longer be reached."""
        if self._in_a_row < self._patience:
            return False
        if self._good is None or not await self._succeeds(self._good):
            return True
        self._patience *= 2
        return False

    async def _try(self, shares: Shares) -> bool:
        """Call the sink; after a failure the units fail with it, unless a later, smaller call succeeds."""
        if not await self._succeeds(shares, fail=True):
            return False
        for unit, _ in shares:
            self._failed.pop(unit, None)
        return True

    async def _succeeds(self, shares: Shares, *, fail: bool = False) -> bool:
        """Call the sink; return whether it succeeds."""
        try:
            await _call(self._context, self._sink, shares)
        except BaseException as exc:
            if is_interruption(exc):
                raise
            if is_refusal(exc):
                self._reached, self._in_a_row = True, 0
            else:
                self._in_a_row += 1
            if fail:
                self._failed.update(dict.fromkeys([unit for unit, _ in shares], exc))
            return False
        self._reached, self._in_a_row = True, 0
        if self._good is None or len(shares) < len(self._good):
            self._good = shares
        return True


def words_of(error: BaseException) -> tuple[type, str]:
    """Return the text of an error, for finding equal errors of several components."""
    try:
        return type(error), str(error)
    except BaseException:
        return type(error), ""


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
    task = asyncio.ensure_future(outcome_of_awaiting(call))
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
