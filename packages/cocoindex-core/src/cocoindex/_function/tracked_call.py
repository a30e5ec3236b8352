"""Calls that are not memoized: their logic and their context reads count for their callers. Layer: _function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._runtime.scope import Scope
from .call_frame import CallFrame

if TYPE_CHECKING:
    from .function import Function


def tracked(fn: Function[..., Any], scope: Scope) -> Scope | None:
    """Record a call that is not memoized in the caller's frame; return a scope for its body if it needs its own."""
    if fn.tracking == "full":
        scope.frame.logic.add(fn.fingerprint)
        return None
    if fn.tracking == "self":
        scope.frame.logic.add(fn.fingerprint)
    return scope.with_frame(CallFrame.below(scope.frame), in_call=scope.in_call)


def leave_tracked(scope: Scope, inner: Scope) -> None:
    """Finish a call that does not pass its functions on to the caller: only its context reads count."""
    outer, body = scope.frame, inner.frame
    outer.context |= body.context
    outer.providers |= body.providers
    if body.nested:
        deps = scope.component.dependencies(*body.nested)
        outer.context |= deps.context
        outer.providers |= deps.providers
