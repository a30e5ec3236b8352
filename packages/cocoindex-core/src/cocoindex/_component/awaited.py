"""Calls that must be awaited: a forgotten `await` is reported at the end of the component. Layer: _component."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeVar, overload

from .._runtime.scope import _scope, current_scope

F = TypeVar("F", bound=Callable[..., Coroutine[Any, Any, Any]])


@overload
def awaited(function: F) -> F: ...
@overload
def awaited(*, anywhere: Literal[True]) -> Callable[[F], F]: ...
def awaited(function: Any = None, *, anywhere: bool = False) -> Any:
    """Wrap an async function: the running component records each call until it is awaited.

    Otherwise a forgotten `await` would mount nothing, and earlier children would be removed.

    Args:
        anywhere: whether it can also be called outside a component.

    Raises, when called:
        NoComponentError: (a RuntimeError) no component is running here.
    """
    if function is None:
        return lambda function: _noting(function, anywhere)
    return _noting(function, anywhere)


def _noting(function: F, anywhere: bool) -> F:
    what = f"coco.{function.__name__}()"

    @functools.wraps(function)
    async def run(component: Any, call: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        component.unawaited.pop(call, None)
        return await function(*args, **kwargs)

    @functools.wraps(function)
    def begin(*args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        if anywhere and _scope.get() is None:
            return function(*args, **kwargs)
        component = current_scope(what).component
        call = object()
        if component.unawaited is None:
            component.unawaited = {call: what}
        else:
            component.unawaited[call] = what
        return run(component, call, args, kwargs)

    if sys.version_info >= (3, 12):  # before that version, only the code object can say so
        inspect.markcoroutinefunction(begin)
    return begin  # type: ignore[return-value]  # calling it gives a coroutine, too
