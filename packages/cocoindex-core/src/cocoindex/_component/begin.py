"""What all mount functions do first: find the path, skip what may be skipped, start the rest. Layer: _component."""

from __future__ import annotations

from typing import Any

from .._engine.component import Component
from .._engine.keyspace import CHILD, bounded
from .._engine.memo_check import may_skip
from .._function.processor import default_part, processor_of
from .._keys import StableKey, encode_parts
from .._runtime.counts import GroupBoard
from .._runtime.operation import refuse_other_loop
from .._runtime.scope import Scope
from ..errors import MountError, MountTypeError
from .subpath import ComponentSubpath, checked_parts


def split_arguments(what: str, args: tuple[Any, ...]) -> tuple[tuple[StableKey, ...] | None, Any, tuple[Any, ...]]:
    """The explicit path (None where there is none), the function and its arguments."""
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
) -> Component:
    """The child of the running component at `parts` below the current prefix; claims its path."""
    refuse_in_call(scope)
    processor = processor_of(fn, what)
    processor.check(what, args, kwargs)
    path = scope.prefix + (checked_parts(parts) if parts is not None else (default_part(fn),))
    key = encode_parts(path)
    parent: Component = scope.component
    parent.claim(key, path)
    data = parent.run.store.get(CHILD + parent.id + bounded(key))
    child = Component(parent.run, parent, path, key, data, processor, args, kwargs)
    child.handlers = scope.handlers
    child.kind = "mount"
    if scope.board is not None:
        child.board = scope.board
        if isinstance(scope.board, GroupBoard):
            child.group = scope.board
            scope.board.expect()
    return child


async def start(child: Component) -> None:
    """Skip the child where its earlier run holds; else wait for a slot and have it run."""
    assert child.parent is not None
    child.parent.open += 1
    child.board.of(child.name).starts += 1
    child.board.changed()
    try:
        skipped = child.processor.memo and await may_skip(child)
    except Exception as exc:
        child.settle(exc)
        return
    if skipped:
        child.run.settle_skipped(child)
    else:
        await launch(child)


async def launch(child: Component) -> None:
    """Have a child run that cannot be skipped, once there is a slot for it and not too many wait to be committed."""
    run = child.run
    if run.committer.is_crowded:
        await run.committer.room()
    scheduler = run.scheduler
    if not scheduler.take(child):
        await scheduler.wait(child)
    run.dispatch(child)


def refuse_in_call(scope: Scope) -> None:
    """Raise where nothing can be mounted: in a memoized call, and on another loop than the update's."""
    refuse_other_loop(scope.component.run.loop, "a mount")
    if scope.in_call:
        raise MountError(
            f"a function with memo=True that is called, not mounted, cannot mount components (in component "
            f"{scope.component.stable_path}): a hit could not mount them again. Mount the function itself as a "
            "component, or take memo=True off it"
        )
