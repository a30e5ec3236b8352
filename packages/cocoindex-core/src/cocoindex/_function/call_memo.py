"""Memoized plain calls inside a component: look up, replay what they declared, or run and remember.

Layer: _function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._runtime.scope import Frame, Scope, entered
from .._values import StateRef
from ..errors import DeserializationError, SerializationError
from .call_frame import CallFrame
from .in_flight import Flight
from .memo_state import NO_STATES, StateCheck, check_async, check_sync, decode_states, recollect_async, recollect_sync
from .stored_call import StoredCall
from .unreadable import tell_unreadable

if TYPE_CHECKING:
    from .function import Function

_MISS = object()


async def call_async(fn: Function[..., Any], scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The memoized result of an async call, or that of running it, or of an equal one that runs already."""
    refs: list[StateRef] = []
    key = fn.memo_args.key(args, kwargs, refs)
    if not refs and (result := _hit(fn, scope, key, scope.component.calls.find(key), NO_STATES)) is not _MISS:
        return result
    while True:
        flight = Flight(scope.component, key, CallFrame.memoized(scope.frame))
        first = flight.begin()
        if first is flight:
            return await _fly_async(fn, scope, key, refs, flight, args, kwargs)
        await first.wait(scope.frame, _called(fn, scope))
        if first.is_shared:
            raise _shared(fn, scope, first)
        result = _hit(fn, scope, key, scope.component.calls.find(key), NO_STATES) if not refs else _MISS
        if result is not _MISS:
            return result


async def _fly_async(
    fn: Function[..., Any],
    scope: Scope,
    key: bytes,
    refs: list[StateRef],
    flight: Flight,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Look again, now that no equal call runs; then run the body."""
    failure: BaseException | None = None
    began = False
    body = flight.frame
    try:
        stored = scope.component.calls.find(key)
        check = NO_STATES
        if refs:
            check = await check_async(refs, decode_states(refs, stored.states if stored else None))
        if (result := _hit(fn, scope, key, stored, check)) is not _MISS:
            return result
        body = _body_frame(fn, flight.frame)
        began = True
        with entered(scope.with_frame(body, in_call=True)):
            result = await fn.run_async(args, kwargs)
        if check.recollect:
            await recollect_async(refs, check)
        _remember(fn, scope, key, flight.frame, body, check, result)
        return result
    except BaseException as exc:
        failure = exc if began else None  # before, it is that of this call's own arguments
        _leave_failed(fn, scope, flight.frame, body)
        raise
    finally:
        flight.end(failure)
        failure = None


def call_sync(fn: Function[..., Any], scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The memoized result of a sync call, or that of running it, or of an equal one that runs already.

    Where a loop runs in this thread it waits for no call in another thread, but runs beside it.
    """
    refs: list[StateRef] = []
    key = fn.memo_args.key(args, kwargs, refs)
    if not refs and (result := _hit(fn, scope, key, scope.component.calls.find(key), NO_STATES)) is not _MISS:
        return result
    while True:
        flight = Flight(scope.component, key, CallFrame.memoized(scope.frame))
        first = flight.begin()
        if first is flight:
            return _fly_sync(fn, scope, key, refs, flight, args, kwargs)
        if not first.wait_in_thread(scope.frame, _called(fn, scope)):
            flight.begin_beside()
            return _fly_sync(fn, scope, key, refs, flight, args, kwargs)
        if first.is_shared:
            raise _shared(fn, scope, first)
        result = _hit(fn, scope, key, scope.component.calls.find(key), NO_STATES) if not refs else _MISS
        if result is not _MISS:
            return result


def _fly_sync(
    fn: Function[..., Any],
    scope: Scope,
    key: bytes,
    refs: list[StateRef],
    flight: Flight,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    failure: BaseException | None = None
    began = False
    body = flight.frame
    try:
        stored = scope.component.calls.find(key)
        check = NO_STATES
        if refs:
            check = check_sync(refs, decode_states(refs, stored.states if stored else None))
        if (result := _hit(fn, scope, key, stored, check)) is not _MISS:
            return result
        body = _body_frame(fn, flight.frame)
        began = True
        with entered(scope.with_frame(body, in_call=True)):
            result = fn.run_sync(args, kwargs)
        if check.recollect:
            recollect_sync(refs, check)
        _remember(fn, scope, key, flight.frame, body, check, result)
        return result
    except BaseException as exc:
        failure = exc if began else None  # before, it is that of this call's own arguments
        _leave_failed(fn, scope, flight.frame, body)
        raise
    finally:
        flight.end(failure)
        failure = None


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


def _body_frame(fn: Function[..., Any], frame: CallFrame) -> CallFrame:
    """The frame that the body fills: the call's own, or one whose functions are not kept."""
    if fn.tracking == "full":
        return frame
    body = CallFrame(frame, entry=frame)
    body.states, body.calls = frame.states, frame.calls
    return body


def _hit(fn: Function[..., Any], scope: Scope, key: bytes, stored: StoredCall | None, check: StateCheck) -> Any:
    """Replay `stored` where it is still valid."""
    component = scope.component
    if stored is None or not check.valid or not component.dependencies_valid(stored.deps):
        return _MISS
    try:
        result = fn.stored_result.read(stored.result)
    except DeserializationError as exc:
        tell_unreadable(component.update, f"memoized result of {fn.name} in {component.stable_path}", fn.name, exc)
        return _MISS
    if check.changed:
        stored = StoredCall(stored.deps, check.stored(), stored.result, stored.targets, stored.calls)
        component.calls.keep(key, stored)
    component.calls.use(key, stored)
    if stored.targets:
        component.carry(stored.targets)
    _pass_on(fn, scope, stored.deps, stored, key)
    return result


def _pass_on(fn: Function[..., Any], scope: Scope, deps: bytes, made: StoredCall | Frame, *keys: bytes) -> None:
    """Have the caller depend on what the call offers, and keep what it declared and called.

    Args:
        deps: what the call depends on, interned.
        keys: the memo key of the call, where it is remembered.
    """
    frame = scope.frame
    if fn.tracking == "full" and (frame is scope.component.frame or isinstance(frame, CallFrame)):
        frame.nested.add(deps)
    else:  # only what it read counts in all cases; where functions do not, nobody flattens what is nested later
        found = scope.component.dependencies(deps)
        frame.context |= found.context
        frame.providers |= found.providers
        if fn.tracking == "self":
            frame.logic.add(fn.fingerprint)
    targets = made.targets if isinstance(made, StoredCall) else made.states
    if frame.states is not None:
        frame.states += targets or ()
    if frame.calls is not None:
        # What is inside a call that is remembered stands in its own row, so that a chain of calls takes no more room
        # than it has calls.
        frame.calls.update(keys or made.calls or ())


def _leave_failed(fn: Function[..., Any], scope: Scope, frame: CallFrame, body: CallFrame) -> None:
    """Have the caller, which may catch the failure, depend on what led to it, and keep what was declared until then."""
    if body is not frame:
        leave_tracked(scope.with_frame(frame, in_call=True), scope.with_frame(body, in_call=True))
    if fn.tracking is not None:
        frame.logic.add(fn.fingerprint)
    _pass_on(fn, scope, scope.component.intern(frame), frame)


def _called(fn: Function[..., Any], scope: Scope) -> str:
    return f"the memoized function {fn.name} in component {scope.component.stable_path}"


def _shared(fn: Function[..., Any], scope: Scope, first: Flight) -> BaseException:
    """The failure of an equal call that was waited for, which is this one's, too."""
    assert first.failure is not None
    _pass_on(fn, scope, scope.component.intern(first.frame), first.frame)
    return first.failure


def _encode(result: Any, fn: Function[..., Any], scope: Scope) -> bytes:
    try:
        return fn.stored_result.write(result)
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
    _pass_on(fn, scope, stored.deps, stored, key)
