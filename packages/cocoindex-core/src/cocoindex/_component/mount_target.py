"""`mount_target`: applies a container and returns the provider of its contents. Layer: _component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cocoindex._shown import shown

from .._keys import Symbol
from .._runtime.deadline import check_deadline, current_deadline
from .._runtime.scope import current_scope
from .._target import declare
from .._target.state import TargetState, TargetStateProvider
from .._target.type_variables import OptChildHandlerT, ValueT
from ..errors import MountTypeError
from .awaited import awaited

if TYPE_CHECKING:
    from .._target.handler import TargetHandler

_PART = Symbol("cocoindex/mount_target")


@awaited
async def mount_target(
    target_state: TargetState[TargetHandler[ValueT, Any, OptChildHandlerT]],
) -> TargetStateProvider[ValueT, OptChildHandlerT]:
    """Mount a component that declares the container `target_state`, and wait until it is applied.

    Its path is derived from the target's own, which connectors make unique.

    Returns:
        The resolved provider of the container's contents.

    Raises:
        MountTypeError: (a TypeError) `target_state` is not a TargetState.
        What the container's handler or sink raises.
    """
    scope = current_scope("coco.mount_target()")
    if not isinstance(target_state, TargetState):
        raise MountTypeError(
            "coco.mount_target() takes the target state of a container, as provider.target_state(key, value) makes it, "
            f"not {shown(target_state)}"
        )
    deadline = current_deadline()
    check_deadline(deadline, "coco.mount_target()")
    from .begin import new_component, start

    path = tuple(target_state.path.parts())
    child = new_component(
        scope,
        (_PART, path),
        _declare,
        (target_state,),
        {},
        "coco.mount_target()",
        background=False,
    )
    await start(child)
    await child.outcome.wait()
    if (error := child.outcome.take_error()) is not None:
        try:
            raise error
        finally:
            del error  # which refers to this frame now
    check_deadline(deadline, "coco.mount_target()")
    provider: TargetStateProvider[ValueT, OptChildHandlerT] = child.result
    return provider


async def _declare(target_state: TargetState[Any]) -> Any:
    return declare.declare_target_state_with_child(target_state)


# The component's name in counts, reports and `cocoindex show`: the function that users called.
_declare.__name__ = _declare.__qualname__ = "mount_target"
