"""`mount_each` over a live map: the hot loop for each of its scans. Layer: _component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._live.view import LiveMapMount
from .._runtime.mount_handle import ComponentMountHandle
from .each import Each
from .group import Group

if TYPE_CHECKING:
    from .._engine.execution import Execution
    from .._function.processor import Processor
    from .._keys import StableKey
    from .._live.generation import MapScan
    from .._live.protocols import LiveMapFeed
    from .._runtime.scope import Scope


def mount_live_map(
    scope: Scope,
    execution: Execution,
    path: tuple[StableKey, ...],
    processor: Processor,
    items: LiveMapFeed[Any, Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> ComponentMountHandle:
    """Mount a live map: its items are children of the running component as long as the update runs."""
    execution.refuse_closed(path)
    component = execution.component
    board = scope.board or component.run.board
    mount = LiveMapMount(component, path, processor, items, args, kwargs, board, scope.handlers, _Listing)
    mount.begin()
    return ComponentMountHandle(mount.outcome)


class _Listing:
    """One scan."""

    def __init__(self, mount: LiveMapMount, scan: MapScan) -> None:
        self._group = Group(None, mount.run.waits)
        self._each = Each(self._group, scan.call(self._group), mount.path, mount.args, scan, is_new=False)

    async def mount_all(self, items: Any) -> BaseException | None:
        await self._each.mount_all(items)
        return await self._group.all_complete()
