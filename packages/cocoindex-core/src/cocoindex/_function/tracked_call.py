"""Calls that are not memoized: what they are, and what they read, counts for their callers. Layer: _function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._runtime.scope import Scope
from .call_frame import CallFrame

if TYPE_CHECKING:
    from .function import Function


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
    if body.nested:
        deps = scope.component.dependencies(*body.nested)
        outer.context |= deps.context
        outer.providers |= deps.providers
