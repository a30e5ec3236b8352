"""Calls that have to be awaited: that one was not is told where its component ends. Layer: _component."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .._runtime.scope import current_scope

F = TypeVar("F", bound=Callable[..., Coroutine[Any, Any, Any]])


def awaited(function: F) -> F:
    """`function`, an async one, which notes in the running component that it was called until that is awaited.

    Otherwise a forgotten `await` would mount nothing, and have what was mounted before removed.

    Raises, when called:
        NoComponentError: (a RuntimeError) no component runs here.
    """
    what = f"coco.{function.__name__}()"

    @functools.wraps(function)
    async def run(component: Any, call: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        component.unawaited.pop(call, None)
        return await function(*args, **kwargs)

    @functools.wraps(function)
    def begin(*args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        component = current_scope(what).component
        call = object()
        if component.unawaited is None:
            component.unawaited = {call: what}
        else:
            component.unawaited[call] = what
        return run(component, call, args, kwargs)

    if sys.version_info >= (3, 12):  # before, only code itself can say so
        inspect.markcoroutinefunction(begin)
    return begin  # type: ignore[return-value]  # calling it gives a coroutine, too
