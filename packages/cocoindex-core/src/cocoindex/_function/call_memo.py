"""Memoized plain calls inside a component: look up, replay what they declared, or run and remember.

Layer: _function.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from .._runtime.scope import Frame, Scope, entered
from .._values import StateRef, serialize
from ..errors import DeserializationError, SerializationError
from .call_frame import CallFrame
from .memo_state import NO_STATES, StateCheck, check_async, check_sync, decode_states, recollect_async, recollect_sync
from .stored_call import StoredCall

if TYPE_CHECKING:
    from .function import Function

logger = logging.getLogger("cocoindex")

_MISS = object()


async def call_async(fn: Function[..., Any], scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The memoized result of an async call, or that of running it."""
    refs: list[StateRef] = []
    key = fn.memo_args.key(args, kwargs, refs)
    stored = scope.component.calls.find(key)
    check = NO_STATES
    if refs:
        check = await check_async(refs, decode_states(refs, stored.states if stored else None))
    if stored is not None and (result := _hit(fn, scope, key, stored, check)) is not _MISS:
        return result
    frame = _call_frame(scope)
    with entered(scope.with_frame(_body_frame(fn, frame), in_call=True)) as inner:
        result = await fn.run_async(args, kwargs)
    if check.recollect:
        await recollect_async(refs, check)
    _remember(fn, scope, key, frame, inner.frame, check, result)
    return result


def call_sync(fn: Function[..., Any], scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The memoized result of a sync call, or that of running it."""
    refs: list[StateRef] = []
    key = fn.memo_args.key(args, kwargs, refs)
    stored = scope.component.calls.find(key)
    check = NO_STATES
    if refs:
        check = check_sync(refs, decode_states(refs, stored.states if stored else None))
    if stored is not None and (result := _hit(fn, scope, key, stored, check)) is not _MISS:
        return result
    frame = _call_frame(scope)
    with entered(scope.with_frame(_body_frame(fn, frame), in_call=True)) as inner:
        result = fn.run_sync(args, kwargs)
    if check.recollect:
        recollect_sync(refs, check)
    _remember(fn, scope, key, frame, inner.frame, check, result)
    return result


def tracked(fn: Function[..., Any], scope: Scope) -> Scope | None:
    """Note a call that is not memoized in the caller's frame; a scope for its body where it needs one of its own."""
    if fn.tracking == "full":
        scope.frame.logic.add(fn.fingerprint)
        return None
    if fn.tracking == "self":
        scope.frame.logic.add(fn.fingerprint)
    return scope.with_frame(CallFrame.below(scope.frame), in_call=scope.in_call)


def leave_tracked(scope: Scope, inner: Scope) -> None:
    """After a call that does not hand its functions on to the caller: only what it read of the context counts."""
    outer, body = scope.frame, inner.frame
    outer.context |= body.context
    outer.providers |= body.providers
    for nested in body.nested:
        deps = scope.component.dependencies(nested)
        outer.context |= deps.context
        outer.providers |= deps.providers


def _call_frame(scope: Scope) -> CallFrame:
    frame = CallFrame(scope.frame)
    frame.states, frame.calls = [], set()
    return frame


def _body_frame(fn: Function[..., Any], frame: CallFrame) -> CallFrame:
    """The frame that the body fills: the call's own, or one whose functions are not kept."""
    if fn.tracking == "full":
        return frame
    body = CallFrame(frame, entry=frame)
    body.states, body.calls = frame.states, frame.calls
    return body


def _hit(fn: Function[..., Any], scope: Scope, key: bytes, stored: StoredCall, check: StateCheck) -> Any:
    """Replay `stored` where it is still valid."""
    component = scope.component
    if not check.valid or not component.dependencies_valid(stored.deps):
        return _MISS
    try:
        result = fn.read_result(stored.result)
    except DeserializationError as exc:
        logger.warning(
            "memoized result of %s in %s cannot be read, running it again: %s", fn.name, component.stable_path, exc
        )
        return _MISS
    if check.changed:
        stored = StoredCall(stored.deps, check.stored(), stored.result, stored.targets, stored.calls)
        component.calls.keep(key, stored)
    component.calls.use(key, stored)
    if stored.targets:
        component.carry(stored.targets)
    _pass_on(fn, scope, key, stored)
    return result


def _pass_on(fn: Function[..., Any], scope: Scope, key: bytes, stored: StoredCall) -> None:
    """Have the caller depend on what the call offers, and keep what it keeps."""
    frame = scope.frame
    if fn.tracking == "full" and (frame is scope.component.frame or isinstance(frame, CallFrame)):
        frame.nested.add(stored.deps)
    else:  # only what it read counts in all cases; where functions do not, nobody flattens what is nested later
        deps = scope.component.dependencies(stored.deps)
        frame.context |= deps.context
        frame.providers |= deps.providers
        if fn.tracking == "self":
            frame.logic.add(fn.fingerprint)
    if frame.states is not None:
        frame.states += stored.targets
    if frame.calls is not None:
        frame.calls.add(key)
        frame.calls.update(stored.calls)


def _encode(result: Any, fn: Function[..., Any], scope: Scope) -> bytes:
    try:
        return serialize(result)
    except SerializationError as error:
        where = f"in component {scope.component.stable_path}"
        raise error.of(f"the result of {fn.name} {where}, which is memoized,") from error


def _remember(
    fn: Function[..., Any], scope: Scope, key: bytes, frame: Frame, body: Frame, check: StateCheck, result: Any
) -> None:
    component = scope.component
    if body is not frame:
        leave_tracked(scope.with_frame(frame, in_call=True), scope.with_frame(body, in_call=True))
    if fn.tracking is not None:
        frame.logic.add(fn.fingerprint)
    assert frame.states is not None and frame.calls is not None
    stored = StoredCall(
        component.intern(frame), check.stored(), _encode(result, fn, scope), list(frame.states), sorted(frame.calls)
    )
    component.calls.keep(key, stored)
    _pass_on(fn, scope, key, stored)
