"""Decides whether a memoized component can be skipped. Layer: _engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from .._function.memo_state import ask, decode_states, needs_await, settle, settle_async
from .._runtime.interruption import is_interruption
from .._values import StateRef
from ..errors import DeserializationError, RecollectError
from . import record

if TYPE_CHECKING:
    from .component import Component


async def skip_or_launch(child: Component, launch: Callable[[Component], Awaitable[None]]) -> None:
    """Skip an expected child if its earlier run is valid, else launch it; an exception of its memo states fails it."""
    try:
        skipped = child.call.processor.memo and await may_skip(child)
    except BaseException as exc:
        if is_interruption(exc):
            raise
        child.settle(exc)
        return
    if skipped:
        child.skip()
    else:
        await launch(child)


async def may_skip(component: Component) -> bool:
    """Return whether the earlier run's results are valid; collect the memo states before the body runs."""
    function = component.call.processor.function
    if function is None or not function.memo:
        return False
    refs: list[StateRef] = []
    component.record.arg_key = function.memo_args.key(component.args, component.call.kwargs, refs)
    return await check(component, refs)


async def check(component: Component, refs: list[StateRef]) -> bool:
    """Do the same as `may_skip` with a known memo key."""
    data = component.record.data
    head = None
    if data is not None and component.run.memo_fits(data, component.record.arg_key):
        head = record.head_of(data, component)
    if refs:
        previous = decode_states(refs, head.states if head is not None else None)
        answers = ask_states(refs, previous)
        if needs_await(answers):
            component.record.check = await settle_async(refs, answers, previous)
        else:
            component.record.check = settle(refs, answers, previous)
        refuse_recollect(component)
        if not component.record.check.valid:
            return False
    return head is not None and _take(component, head)


def ask_states(refs: Sequence[StateRef], previous: Sequence[Any]) -> list[Any]:
    """Call the state functions of a component's arguments; see `ask`.

    Raises:
        RecollectError: one of them works in memoized calls only.
    """
    for ref in refs:
        if ref.recollects:
            raise RecollectError(
                f"the memo state function of {type(ref.obj).__qualname__} uses recollect_after_run, which only works "
                "for called memoized functions; it cannot be an argument of a memoized component"
            )
    return ask(refs, previous)


def refuse_recollect(component: Component) -> None:
    """Raise if a state function asks for a re-collection, which only memoized calls support."""
    if component.record.check is not None and component.record.check.recollect:
        raise RecollectError(
            f"a memo state of component {component} uses recollect_after_run, which only works for memoized functions "
            "that are called, not for components"
        )


def _take(component: Component, head: record.Head) -> bool:
    """Use the stored result and dependencies."""
    if head.result is not None:
        function = component.call.processor.function
        assert function is not None
        try:
            component.result = function.stored_result.read(head.result)
        except DeserializationError as exc:
            from .._function.unreadable import tell_unreadable  # most can be read

            tell_unreadable(component.run, f"the memoized result of {component}", function.name, exc)
            return False
    assert component.record.data is not None
    component.record.deps = record.deps_of(component.record.data)
    return True
