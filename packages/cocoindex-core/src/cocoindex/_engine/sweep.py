"""Removes the components that were not mounted any more, deepest first. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import record
from .keyspace import CHILD
from .record import CHILDREN
from .removal import Removal, Removals

if TYPE_CHECKING:
    from .component import Component

_CHUNK = 1024


async def sweep(component: Component) -> bool:
    """Remove the children of `component` that this update did not mount; returns whether all are gone."""
    run = component.run
    removals = Removals(run, component.call.board, component.call.handlers)
    after: bytes | None = None
    while keys := component.children.stale(limit=_CHUNK, after=after):
        for key, data in zip(keys, run.store.get_many(keys), strict=True):
            if data is not None:
                await remove(removals, component, key, data)
        after = keys[-1]
        await run.committer.room()
    await removals.quiet()
    return not removals.errors


async def remove(removals: Removals, above: Component | None, key: bytes, data: bytes) -> None:
    """Remove a component and all that is below it; the commits are under way when it returns."""
    run = removals.run
    open_: list[tuple[Removal, bytes | None]] = []  # whose children are being gone through, and after which of them
    met: set[bytes] = set()  # a damaged store may lead back to where one was
    _begin(removals, None, above, key, data, open_)
    while open_:
        node, after = open_.pop()
        prefix = CHILD + node.data[2:10]
        if after is None and prefix in met:
            node.all_expected()
            continue
        met.add(prefix)
        rows = run.store.scan(prefix, after=after, limit=_CHUNK)
        if len(rows) < _CHUNK:
            last = None
        else:
            last = rows[-1][0]
            open_.append((node, last))
        for child, child_data in rows:
            _begin(removals, node, node, child, child_data, open_)
        if last is None:
            node.all_expected()
        await run.committer.room()


def _begin(
    removals: Removals,
    parent: Removal | None,
    above: Removal | Component | None,
    key: bytes,
    data: bytes,
    open_: list[tuple[Removal, bytes | None]],
) -> None:
    node = Removal(removals, parent, above, key, data)
    if not record.is_readable(data):
        node.fail_unreadable()
    elif data[1] & CHILDREN:
        open_.append((node, None))
    else:
        node.submit()
