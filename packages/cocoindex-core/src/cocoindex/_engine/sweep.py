"""Removes components that are no longer mounted, deepest first. Layer: _engine."""

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
    """Remove the children of `component` that this update did not mount; return whether all are gone.

    What blocks a removal may be removed after it. So failed removals are tried again after everything else.
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
        tentative: whether it may be repeated, so that failures are not reported yet.
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
    if run.is_ready:  # nothing else will end
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
    """Remove the children of a live range that a scan of its source did not find.

    Args:
        anchor: the parent of the children.
        prefix: the prefix of their paths.
        claimed: the marks (`mark_of`) of the paths that the scan found.
        may_remove: called for each child; if it returns False, a later call decides.
        told: is told of each removed child.
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
    """Remove the child of a live range with the record at `key`; `told` is called even if there is none."""
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
    """Remove a component and everything below it; return when the commits are queued."""
    run = removals.run
    if run.roll:
        await run.roll.retire_below(data[2:10])
    open_: list[tuple[Removal, bytes | None]] = []  # whose children are being gone through, and after which of them
    met: set[bytes] = set()  # a damaged store may contain a cycle
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
