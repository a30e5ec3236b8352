"""The common first steps of all mount functions: find the path, skip valid children, start the others. Layer:
_component."""

from __future__ import annotations

from typing import Any

from .._engine.component import Component
from .._engine.execution import Execution
from .._engine.keyspace import CHILD, bounded
from .._engine.memo_check import skip_or_launch
from .._engine.mount_call import MountCall
from .._function.processor import default_part, processor_of
from .._keys import StableKey, encode_parts
from .._runtime.cancellation import leave_where_cancelled
from .._runtime.counts import GroupBoard
from .._runtime.operation import refuse_other_loop
from .._runtime.scope import Scope
from .._runtime.subpath import ComponentSubpath, checked_parts
from ..errors import MountError, MountTypeError


def split_arguments(what: str, args: tuple[Any, ...]) -> tuple[tuple[StableKey, ...] | None, Any, tuple[Any, ...]]:
    """Return the explicit path (or None), the function and its arguments."""
    parts: tuple[StableKey, ...] | None = None
    if args and isinstance(args[0], ComponentSubpath):
        parts, args = args[0].parts, args[1:]
    if not args:
        name = what.removesuffix("()")
        raise MountTypeError(f"{what} needs a function to mount: {name}(fn, ...) or {name}(subpath, fn, ...)")
    return parts, args[0], args[1:]


def new_component(
    scope: Scope,
    parts: tuple[StableKey, ...] | None,
    fn: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    what: str,
    *,
    background: bool = True,
    deadline: float | None = None,
) -> Component:
    """Return the child of the running component at `parts` below the current prefix, and claim its path."""
    refuse_in_call(scope)
    processor = processor_of(fn, what)
    processor.check(what, args, kwargs)
    path = scope.prefix + (checked_parts(parts) if parts is not None else (default_part(fn),))
    key = encode_parts(path)
    execution = execution_of(scope, what)
    execution.claim(key, path)
    parent = execution.component
    if len(path) > 1:
        parent.children.note_path(path[:-1])
    group = scope.board if isinstance(scope.board, GroupBoard) else None
    if group is not None:
        group.expect()
    call = MountCall(
        parent.run,
        parent,
        processor,
        kwargs,
        board=scope.board or parent.run.board,
        handlers=scope.handlers,
        members=group,
        background=background,
        deadline=deadline,
    )
    data = parent.run.store.get(CHILD + parent.record.id + bounded(key))
    return Component(call, path, key, data, args)


def execution_of(scope: Scope, what: str) -> Execution:
    """Return the engine's object of the running component."""
    execution = scope.component
    assert isinstance(execution, Execution), what
    return execution


async def start(child: Component) -> None:
    """Skip the child if its earlier run is valid; otherwise wait for a slot and run it."""
    assert isinstance(child.parent, Component)
    with child.parent.children.expecting(child):
        board = child.call.board
        board.of(child.name).starts += 1
        board.changed()
        await skip_or_launch(child, child.run.bodies.launch)
    if child.run.bodies.slice.is_over():
        await child.run.bodies.slice.pass_on()


def refuse_in_call(scope: Scope) -> None:
    """Raise if mounting is impossible.

    That is in a memoized call, in a live loop, on a loop other than the update's, and after the update was cancelled.
    """
    refuse_other_loop(scope.component.loop, "a mount")
    leave_where_cancelled()
    if not isinstance(scope.component, Execution):
        from .._live.loop_scope import LoopComponent  # only live objects have loops

        if isinstance(scope.component, LoopComponent):
            scope.component.refuse_mount()
    if scope.in_call:
        raise MountError(
            f"a function with memo=True that is called, not mounted, cannot mount components (in component "
            f"{scope.component.stable_path}): a hit could not mount them again. Mount the function itself as a "
            "component, or take memo=True off it"
        )
