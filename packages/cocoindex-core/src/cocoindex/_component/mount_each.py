"""`mount_each`: one child for each item of a keyed iterable. Layer: _component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, overload

from .._function.processor import default_part, processor_of
from .._live.kinds import is_live_map
from .._runtime.deadline import check_deadline, current_deadline
from .._runtime.mount_handle import ComponentMountHandle
from .._runtime.scope import current_scope
from .._runtime.subpath import checked_parts
from ..errors import MountTypeError
from .awaited import awaited

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable

    from .._keys import StableKey
    from .._live.protocols import LiveMapFeed
    from .._runtime.subpath import ComponentSubpath

T = TypeVar("T")
P = ParamSpec("P")


@overload
async def mount_each(
    fn: Callable[Concatenate[T, P], Any],
    items: Iterable[tuple[StableKey, T]] | AsyncIterable[tuple[StableKey, T]] | LiveMapFeed[StableKey, T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> ComponentMountHandle: ...
@overload
async def mount_each(
    subpath: ComponentSubpath,
    fn: Callable[Concatenate[T, P], Any],
    items: Iterable[tuple[StableKey, T]] | AsyncIterable[tuple[StableKey, T]] | LiveMapFeed[StableKey, T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> ComponentMountHandle: ...
@awaited
async def mount_each(*args: Any, **kwargs: Any) -> ComponentMountHandle:
    """Mount one child for each `(key, value)` of `items`: `fn(value, *args, **kwargs)` at the path `fn's name / key`.

    Call it as `mount_each(fn, items, *args)` or `mount_each(component_subpath(...), fn, items, *args)`. Items are
    read as fast as children finish; nothing is kept in memory for items that did not change.

    Args:
        items: a sync or async iterable of pairs, with unique keys that are the same in every run. Or a live map, an
            object with an async `watch`: then this returns at once, and the children follow the map for as long as
            the live update runs.

    Returns:
        A handle whose `ready()` waits for all children.

    Raises:
        As `mount`; MountTypeError (a TypeError) and MountError (a ValueError) also if the items are not pairs; and
        what the iterable raises.
    """
    scope = current_scope("coco.mount_each()")
    check_deadline(current_deadline(), "coco.mount_each()")
    from .begin import execution_of, refuse_in_call, split_arguments

    parts, fn, rest = split_arguments("coco.mount_each()", args)
    if not rest:
        raise MountTypeError("coco.mount_each() needs items: coco.mount_each(fn, items, ...)")
    refuse_in_call(scope)
    processor = processor_of(fn, "coco.mount_each()")
    processor.check("coco.mount_each()", (None, *rest[1:]), kwargs)
    path = scope.prefix + (checked_parts(parts) if parts is not None else (default_part(fn),))
    execution = execution_of(scope, "coco.mount_each()")
    items, *more = rest
    if is_live_map(items):
        from .each_live import mount_live_map

        return mount_live_map(scope, execution, path, processor, items, tuple(more), kwargs)
    from .each import mount_list

    group = await mount_list(scope, execution, path, processor, items, tuple(more), kwargs)
    return ComponentMountHandle(group)
