"""`mount`: a child in the background. Layer: _component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, overload

from .._live.kinds import is_live_component
from .._runtime.deadline import check_deadline, current_deadline
from .._runtime.mount_handle import ComponentMountHandle
from .._runtime.scope import current_scope
from .awaited import awaited

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._runtime.subpath import ComponentSubpath

P = ParamSpec("P")


@overload
async def mount(fn: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> ComponentMountHandle: ...
@overload
async def mount(
    subpath: ComponentSubpath, fn: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs
) -> ComponentMountHandle: ...
@awaited
async def mount(*args: Any, **kwargs: Any) -> ComponentMountHandle:
    """Mount `fn` as a child of the running component; it runs in the background.

    Call it as `mount(fn, *args, **kwargs)` or `mount(component_subpath(...), fn, *args, **kwargs)`. Returns once the
    child has a slot to run; waits until one is free.

    Returns:
        A handle whose `ready()` waits for the child.

    Raises:
        NoComponentError: (a RuntimeError) no component is running here.
        PathExistsError, MountError, InvalidSubpathError: (ValueErrors) it cannot be mounted there.
        MountTypeError, FunctionArgumentError: (TypeErrors) `fn` is not a function, or cannot be called with `args` and
            `kwargs`.
    """
    scope = current_scope("coco.mount()")
    check_deadline(current_deadline(), "coco.mount()")
    from .begin import execution_of, new_component, refuse_in_call, split_arguments, start

    parts, fn, rest = split_arguments("coco.mount()", args)
    if is_live_component(fn):
        from .._live.component import mount_live_component

        refuse_in_call(scope)
        component = execution_of(scope, "coco.mount()").component
        board = scope.board or component.run.board
        return mount_live_component(component, parts, scope.prefix, fn, rest, kwargs, board, scope.handlers)
    child = new_component(scope, parts, fn, rest, kwargs, "coco.mount()")
    await start(child)
    return ComponentMountHandle(child.outcome)
