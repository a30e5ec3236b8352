"""Memoized calls inside a component: look up, wait for an equal call, or run and store. Layer: _function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._runtime.scope import Scope, _scope
from .._values import StateRef
from .memo_call import MISS, MemoCall, replay
from .memo_state import NO_STATES, check_async, check_sync, recollect_async, recollect_sync

if TYPE_CHECKING:
    from .function import Function


async def call_async(fn: Function[..., Any], scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the result of an async call: memoized, of an equal running call, or by running it."""
    refs: list[StateRef] = []
    key = fn.memo_args.key(args, kwargs, refs)
    calls = scope.component.calls
    if not refs:
        stored = calls.find(key)
        if stored is not None and (result := replay(fn, scope, calls, key, stored, NO_STATES)) is not MISS:
            return result
    call = MemoCall(fn, scope, calls, key, refs, in_thread=False)
    while (first := call.begin()) is not call:
        if (ended := await first.wait(scope.frame)) is None:
            call.begin_beside(first)
            break
        if (result := call.after(first, ended)) is not MISS:
            return result
    try:
        stored = calls.find(key)
        check = await check_async(refs, call.previous(stored)) if refs else NO_STATES
        if stored is not None and (result := call.hit(stored, check)) is not MISS:
            return result
        token = _scope.set(call.begin_body())  # no context manager: this is on the hot path
        try:
            result = await fn.run_async(args, kwargs)
        finally:
            _scope.reset(token)
        if check.recollect:
            await recollect_async(refs, check)
        call.remember(check, result)
        return result
    except BaseException as exc:
        call.fail(exc)
        raise
    finally:
        call.end()


def call_sync(fn: Function[..., Any], scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the result of a sync call: memoized, of an equal running call, or by running it.

    If waiting could cause a deadlock, both calls run: in the thread of an event loop, and while the other call has no
    thread yet.
    """
    refs: list[StateRef] = []
    key = fn.memo_args.key(args, kwargs, refs)
    calls = scope.component.calls
    if not refs:
        stored = calls.find(key)
        if stored is not None and (result := replay(fn, scope, calls, key, stored, NO_STATES)) is not MISS:
            return result
    call = MemoCall(fn, scope, calls, key, refs, in_thread=True)
    while (first := call.begin()) is not call:
        if (ended := first.wait_in_thread(scope.frame)) is None:
            call.begin_beside(first)
            break
        if (result := call.after(first, ended)) is not MISS:
            return result
    try:
        stored = calls.find(key)
        check = check_sync(refs, call.previous(stored)) if refs else NO_STATES
        if stored is not None and (result := call.hit(stored, check)) is not MISS:
            return result
        token = _scope.set(call.begin_body())  # no context manager: this is on the hot path
        try:
            result = fn.fn(*args, **kwargs)
        finally:
            _scope.reset(token)
        if check.recollect:
            recollect_sync(refs, check)
        call.remember(check, result)
        return result
    except BaseException as exc:
        call.fail(exc)
        raise
    finally:
        call.end()
