"""`use_mount`: mounts a child and returns its result. Layer: _component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from .._live.kinds import is_live_component
from .._runtime.deadline import check_deadline, current_deadline
from .._runtime.scope import current_scope
from ..errors import MountTypeError
from .awaited import awaited

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .._runtime.subpath import ComponentSubpath
    from .._target.pending import ResolvesTo

P = ParamSpec("P")
R = TypeVar("R")


@overload
async def use_mount(fn: Callable[P, Coroutine[Any, Any, ResolvesTo[R]]], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
@overload
async def use_mount(fn: Callable[P, ResolvesTo[R]], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
@overload
async def use_mount(fn: Callable[P, Coroutine[Any, Any, R]], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
@overload
async def use_mount(fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
@overload
async def use_mount(
    subpath: ComponentSubpath, fn: Callable[P, Coroutine[Any, Any, ResolvesTo[R]]], /, *args: P.args, **kwargs: P.kwargs
) -> R: ...
@overload
async def use_mount(
    subpath: ComponentSubpath, fn: Callable[P, ResolvesTo[R]], /, *args: P.args, **kwargs: P.kwargs
) -> R: ...
@overload
async def use_mount(
    subpath: ComponentSubpath, fn: Callable[P, Coroutine[Any, Any, R]], /, *args: P.args, **kwargs: P.kwargs
) -> R: ...
@overload
async def use_mount(subpath: ComponentSubpath, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
@awaited
async def use_mount(*args: Any, **kwargs: Any) -> Any:
    """Mount `fn` as a child of the running component, wait until it is ready, and return its result.

    Call it as `use_mount(fn, *args, **kwargs)` or `use_mount(component_subpath(...), fn, *args, **kwargs)`.

    Raises:
        The child's own exception, if it fails; otherwise as `mount`.
    """
    scope = current_scope("coco.use_mount()")
    deadline = current_deadline()
    check_deadline(deadline, "coco.use_mount()")
    from .begin import new_component, split_arguments, start

    parts, fn, rest = split_arguments("coco.use_mount()", args)
    if is_live_component(fn):
        raise MountTypeError(
            f"coco.use_mount() takes a function and returns its result; the live component {fn.__qualname__} has no "
            "result: use coco.mount()"
        )
    if isinstance(fn, type):
        raise MountTypeError(
            f"coco.use_mount() takes a function and returns its result; it cannot take the class {fn.__qualname__}: "
            "use coco.mount()"
        )
    child = new_component(scope, parts, fn, rest, kwargs, "coco.use_mount()", background=False, deadline=deadline)
    await start(child)
    await child.outcome.wait()
    if (error := child.outcome.take_error()) is not None:
        try:
            raise error
        finally:
            del error  # which refers to this frame now
    check_deadline(deadline, "coco.use_mount()")
    return child.result
