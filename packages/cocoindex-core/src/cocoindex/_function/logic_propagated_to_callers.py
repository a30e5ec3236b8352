"""`coco.logic_propagated_to_callers`: callbacks whose logic counts for all memos between them and their owner.

Layer: _function.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

from cocoindex._shown import shown

from .._runtime.block import block
from .._runtime.scope import Frame, Scope, _scope, current_scope, entered
from ..errors import FunctionDefinitionTypeError, PropagatedCallbackError
from .body import mark_as_coroutine_function
from .call_frame import CallFrame, outward

if TYPE_CHECKING:
    from .._runtime.running_component import RunningComponent

_NAMES: Final = frozenset({"logic_propagated_to_callers", "logic_tracked"})


def logic_propagated_to_callers(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `fn` so that its logic counts for every memo between its call and the function that calls this.

    For callbacks passed down through functions with `logic_tracking="self"` or None: their memos, and that of the
    caller of this function (the owner), become invalid when the logic of `fn` changes. The logic of `fn` is what its
    own `@coco.fn` tracks; for a plain function, the logic of the marked functions that it calls. The owner's
    `logic_tracking` decides whether its callers depend on it, too.

    Args:
        fn: a function or coroutine function, marked or plain.

    Returns:
        A wrapper that calls `fn` and, if it is async, awaits it; as a memoized argument it counts as `fn`. It can be
        called only while the owner's call runs: mount the component that calls it by `use_mount`, or await
        `handle.ready()`.

    Raises:
        NoComponentError: (a RuntimeError) no component is running here.
        FunctionDefinitionTypeError: (a TypeError) `fn` cannot be called.
        PropagatedCallbackError: (a RuntimeError) when it is called: the owner's call has ended.
        FunctionDefinitionTypeError: (a TypeError) when it is called: a plain function returned an awaitable, which
            would run too late.
    """
    scope = current_scope("coco.logic_propagated_to_callers()")
    if not callable(fn):
        raise FunctionDefinitionTypeError(f"coco.logic_propagated_to_callers() takes a function, not {shown(fn)}")
    is_async = inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(getattr(type(fn), "__call__", None))  # noqa: B004  # asked whether that is async
    return _AsyncCallback(fn, scope) if is_async else _Callback(fn, scope)


def logic_tracked(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Former name of `logic_propagated_to_callers`."""
    import warnings

    warnings.warn(
        "coco.logic_tracked is deprecated; use coco.logic_propagated_to_callers, which does the same",
        DeprecationWarning,
        stacklevel=2,
    )
    return logic_propagated_to_callers(fn)


class _Callback:
    """A callback and its owner."""

    def __init__(self, fn: Callable[..., Any], owner: Scope) -> None:
        self._fn = fn
        self._owner = owner
        self.__wrapped__ = fn
        self.__name__ = getattr(fn, "__name__", type(fn).__name__)
        self.__qualname__ = getattr(fn, "__qualname__", self.__name__)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with self._collecting():
            result = self._fn(*args, **kwargs)
        if inspect.isawaitable(result):
            if inspect.iscoroutine(result):
                result.close()
            raise FunctionDefinitionTypeError(
                f"{self!r} wraps a plain callable that returned an awaitable, whose body would run too late to be "
                "noticed; wrap the coroutine function itself"
            )
        return result

    def __coco_memo_key__(self) -> object:
        return self._fn

    def __repr__(self) -> str:
        return f"coco.logic_propagated_to_callers({self._fn!r})"

    def __reduce__(self) -> Any:
        raise PropagatedCallbackError(f"{self!r} belongs to a running call and cannot be pickled; pickle the function")

    @block
    def _collecting(self) -> Iterator[None]:
        """Collect the dependencies of the block, then record them where they count."""
        scope = _scope.get()
        if scope is None:
            raise PropagatedCallbackError(
                f"{self!r} was called with no component: it runs inside the call that wrapped it; in a thread of your "
                "own, attach the context first (`coco.get_component_context()`)"
            )
        self._check(scope)
        inner = CallFrame.below(scope.frame)
        try:
            with entered(scope.with_frame(inner, in_call=scope.in_call)):
                yield
        finally:
            scope.frame.absorb(_without_shared(inner))
            self._propagate(scope, _logic_of(inner, scope.component))

    def _check(self, scope: Scope) -> None:
        owner = self._owner
        component: RunningComponent | None = scope.component
        while component is not None and component is not owner.component:
            component = component.parent
        inside = component is not None
        if scope.component is owner.component:
            inside = owner.frame in outward(scope.frame)
        if getattr(owner.frame, "closed", False) or owner.component.complete or not inside:
            when = "outside" if not inside else "after the return of"
            raise PropagatedCallbackError(
                f"{self!r} was called {when} the call that wrapped it; wrap it in a function whose call encloses all "
                "calls of it, and await there the components that call it (coco.use_mount, or handle.ready())"
            )

    def _propagate(self, scope: Scope, logic: set[bytes]) -> None:
        """Record `logic` in every frame up to the owner's; a component passes it on to those above."""
        for frame in outward(scope.frame):
            frame.logic |= logic
            if frame is self._owner.frame:
                break
        else:
            scope.component.frame.logic |= logic
            return
        entry = _entry_of(self._owner.frame)
        if entry is None and not isinstance(_body_of(self._owner.frame), CallFrame):
            entry = scope.component.frame
        if entry is not None:
            entry.logic |= logic


class _AsyncCallback(_Callback):
    """The callback of a coroutine function."""

    def __init__(self, fn: Callable[..., Any], owner: Scope) -> None:
        super().__init__(fn, owner)
        mark_as_coroutine_function(self)

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with self._collecting():
            return await self._fn(*args, **kwargs)


class OwnFrame(CallFrame):
    """The frame of a call that owns callbacks."""

    __slots__ = ()


def owning(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Return `fn`, with a frame for each call if its code creates such callbacks, so that they know when the call
    has ended."""
    code = getattr(inspect.unwrap(fn), "__code__", None)
    if not isinstance(code, CodeType) or not _NAMES.intersection(code.co_names) or inspect.isgeneratorfunction(fn):
        return fn
    if inspect.iscoroutinefunction(fn):

        @functools.wraps(fn)
        async def asynchronous(*args: Any, **kwargs: Any) -> Any:
            with _owned_frame():
                return await fn(*args, **kwargs)

        return asynchronous

    @functools.wraps(fn)
    def synchronous(*args: Any, **kwargs: Any) -> Any:
        with _owned_frame():
            return fn(*args, **kwargs)

    return synchronous


@block
def _owned_frame() -> Iterator[None]:
    scope = _scope.get()
    if scope is None:
        yield
        return
    frame = OwnFrame.below(scope.frame)
    try:
        with entered(scope.with_frame(frame, in_call=scope.in_call)):
            yield
    finally:
        frame.closed = True
        scope.frame.absorb(_without_shared(frame))


def _without_shared(frame: Frame) -> Frame:
    """Return the frame without what it shares with the outer one."""
    frame.states = frame.calls = None
    return frame


def _body_of(frame: Frame) -> Frame:
    """Return the frame in which the owner's body collects."""
    return frame.outer if isinstance(frame, OwnFrame) else frame


def _entry_of(frame: Frame) -> Frame | None:
    return getattr(_body_of(frame), "entry", None)


def _logic_of(frame: Frame, component: Any) -> set[bytes]:
    """Return all logic that a frame collected, including that of memoized calls and mounted components."""
    return frame.logic.union(component.dependencies(*frame.nested).logic)
