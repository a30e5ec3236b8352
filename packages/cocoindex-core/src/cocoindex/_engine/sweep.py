"""Removes the components that were not mounted any more, deepest first. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import record
from .keyspace import CHILD
from .record import CHILDREN
from .removal import Removal, Removals, RemovalTold
from .stale import stale_children

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .anchor import Anchor
    from .component import Component

_CHUNK = 1024


async def sweep(component: Component) -> bool:
    """Remove the children of `component` that this update did not mount; returns whether all are gone.

    What is in the way of a removal may be removed after it: what has failed is tried again once all else is done.
    """
    removals = await remove_stale(component, tentative=True)
    if not removals.failed:
        return True
    if await component.run.second_tries.has_room_for(component, removals) or removals.any_gone:
        removals.forget()
        removals = await remove_stale(component, tentative=False)
    else:
        await removals.report()
    return not removals.failed


async def remove_stale(component: Component, *, tentative: bool) -> Removals:
    """Remove the children of `component` that this update did not mount.

    Args:
        tentative: whether it may be done once more, so that failures are not told yet.
    """
    run = component.run
    removals = Removals(run, component.call.board, component.call.handlers, tentative=tentative)
    after: bytes | None = None
    while keys := component.children.stale(limit=_CHUNK, after=after):
        for key, data in zip(keys, run.store.get_many(keys), strict=True):
            if data is not None:
                await remove(removals, component, key, data)
        after = keys[-1]
        await run.committer.room()
    await removals.quiet()
    if run.is_ready:  # nobody else's end will come
        await run.finish_postponed(removals)
    return removals


async def sweep_range(
    removals: Removals,
    anchor: Anchor,
    prefix: bytes,
    claimed: Collection[bytes],
    may_remove: Callable[[bytes], bool],
    told: RemovalTold,
) -> None:
    """Remove the children of a live range that a scan of it did not meet.

    Args:
        anchor: what they are children of.
        prefix: how their paths begin.
        claimed: what `mark_of` gives of the paths of those that were met.
        may_remove: asked for each; where it says no, a later call decides.
        told: who is told of each that it lets be removed.
    """
    store, below = removals.run.store, CHILD + anchor.record.id
    for key in stale_children(store, anchor.record.id, claimed, prefix=prefix):
        if not may_remove(key[len(below) :]):
            continue
        await remove_child(removals, anchor, key, told)
    await removals.quiet()
    if removals.run.is_ready:
        await removals.run.finish_postponed(removals)


async def remove_child(removals: Removals, anchor: Anchor, key: bytes, told: RemovalTold) -> None:
    """Remove the child of a live range whose record lies at `key`; `told` is told even where there is none."""
    anchor.disturb()
    run = removals.run
    await run.roll.retire_at(key)
    data = run.store.get(key)
    if data is not None and record.is_readable(data):
        await run.roll.retire_below(data[2:10])
        data = run.store.get(key)
    if data is None:
        told.removed(Removal(removals, None, anchor, key, b""), None, None)
    else:
        await remove(removals, anchor, key, data, told)


async def remove(
    removals: Removals, above: Component | Anchor | None, key: bytes, data: bytes, told: RemovalTold | None = None
) -> None:
    """Remove a component and all that is below it; the commits are under way when it returns."""
    run = removals.run
    if run.roll:
        await run.roll.retire_below(data[2:10])
    open_: list[tuple[Removal, bytes | None]] = []  # whose children are being gone through, and after which of them
    met: set[bytes] = set()  # a damaged store may lead back to where one was
    _begin(removals, None, above, key, data, open_, told)
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
    above: Removal | Component | Anchor | None,
    key: bytes,
    data: bytes,
    open_: list[tuple[Removal, bytes | None]],
    told: RemovalTold | None = None,
) -> None:
    node = Removal(removals, parent, above, key, data, told)
    if not record.is_readable(data):
        node.fail_unreadable()
    elif data[1] & CHILDREN:
        open_.append((node, None))
    else:
        node.submit()
