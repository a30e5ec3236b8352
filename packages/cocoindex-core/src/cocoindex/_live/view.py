"""Live maps: how `mount_each` mounts them, and the subscriber that `watch` calls. Layer: _live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from cocoindex._shown import shown

from .._engine.anchor import anchor_of
from .._engine.keyspace import PREFIX, bounded, committed_prefix
from .._engine.mount_call import MountCall
from .._keys import StableKey, encode_key, encode_parts
from .._runtime.closed import closed
from .._runtime.mount_handle import ComponentMountHandle
from ..errors import InvalidSubpathError, MountTypeError
from .basis import Basis, args_of
from .enclosing import enclosing
from .generation import MapScan
from .kinds import can_be_listed
from .loop import Loop
from .loop_calls import LoopCalls
from .port import MountWork
from .stored_items import StoredItems

if TYPE_CHECKING:
    from .._engine.component import Component
    from .._function.processor import Processor
    from .._keys import StablePath
    from .._runtime.counts import CountBoard
    from .._runtime.failure import ExceptionHandler
    from .failed_keys import StoredCalls
    from .mailbox import Call
    from .protocols import LiveMapFeed, LiveMapSubscriber


class Listing(Protocol):
    """The hot loop of `mount_each`, for one scan of a live map."""

    async def mount_all(self, items: Any) -> BaseException | None:
        """Mount a child for each item and wait for all; return the first exception that left the outermost exception
        handler."""
        ...


class LiveMapMount(Loop):
    """One live map of an update: each of its keys is a child of the mounting component.

    Args:
        component: the running component that mounts it.
        path: the common path of its children below the component.
        args: the arguments of the function after the value.
        listing: creates the listing for one scan.
    """

    def __init__(
        self,
        component: Component,
        path: tuple[StableKey, ...],
        processor: Processor,
        items: LiveMapFeed[Any, Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        board: CountBoard,
        handlers: tuple[ExceptionHandler, ...],
        listing: Callable[[LiveMapMount, MapScan], Listing],
    ) -> None:
        self._component = component
        self._items = items
        self.path = path
        self.prefix = encode_parts(path)
        self.processor = processor
        self.args, self.kwargs = args, kwargs
        self._listing = listing
        self._scanning = asyncio.Lock()
        self._subscriber: Subscriber | None = None
        children = component.children
        children.spare(self.prefix, path)
        component.record.live = True
        component.record.ranges += (self.prefix,)
        anchor = anchor_of(component)
        super().__init__(
            anchor,
            f"the subscriber of the live map {_below(anchor.stable_path, path)}",
            board,
            handlers,
            enclosing(component),
        )
        children.expect()
        anchor.run.roll.add(self, anchor)
        self._call = MountCall(
            anchor.run, anchor, processor, kwargs, board=board, handlers=handlers, kind="process_live", told=self.port
        )

    # As a loop

    async def _once(self) -> None:
        self._subscriber = Subscriber(self)
        await self._items.watch(cast("LiveMapSubscriber[Any, Any]", self._subscriber))

    def _stop_calls(self) -> None:
        if self._subscriber is not None:
            self._subscriber.close()

    def _ready(self) -> None:
        self._component.children.range_ready(failure=self.outcome.error)

    async def _fail(self, error: BaseException) -> None:
        # It has no component of its own: a failure fails the mounting component, and with it those who wait.
        self.outcome.fail(error)
        self._become_ready(error)

    def _path(self) -> StablePath:
        return _below(self.anchor.stable_path, self.path)

    @property
    def below(self) -> bytes:
        return self.port.below + self.prefix

    def _has_stored(self) -> bool:
        rows = committed_prefix(self.anchor.record.id, self.prefix)
        return not can_be_listed(self._items) or bool(self.run.store.scan_keys(rows, limit=1))

    def _stored_calls(self) -> StoredCalls:
        return StoredItems(self)

    def _basis(self) -> Basis:
        args = args_of(self.processor, self.args, self.kwargs)
        return Basis(self.anchor, self.prefix, self.processor, args)

    def run_again(self) -> bool:
        if can_be_listed(self._items):
            self.rescans.wanted()
        return can_be_listed(self._items)

    # Called by its subscriber

    async def update_all(self) -> None:
        """Mount a child for each item and remove the other children, except those that a later call decides."""
        if not can_be_listed(self._items):
            return
        async with self._scanning:
            self.rescans.begin()
            self.display.rescanned()
            if self.run.is_ready:
                self.run.deps.forget()
            scan = MapScan(self)
            propagated = await self._scan(scan, self._items)
        # Wait until another scan may begin: an earlier call may be waiting for that.
        await self.range.settled(scan.number)
        self.rescans.went_well()
        if propagated is not None:
            self.failures.was_told(propagated)
            raise propagated

    async def update_part(self, prefix: str, items: Any) -> None:
        """Do the same as `update_all` for the keys with this prefix, of which `items` are all."""
        part = _encoded_part(self.prefix, prefix)
        if len(part) > PREFIX:  # store keys do not contain all of it
            if not can_be_listed(self._items):
                raise InvalidSubpathError(
                    f"update_part() of {self.where} takes a prefix of at most {PREFIX - len(self.prefix) - 1} bytes "
                    "if the map cannot be listed; call update() or delete() for each key"
                )
            await self.update_all()
            return
        scan = MapScan(self, part=part)
        try:
            async with self._scanning:
                if self.run.is_ready:
                    self.run.deps.forget()
                propagated = await self._scan(scan, items)
        except BaseException:
            scan.fail()
            raise
        await self.range.settled(scan.number)
        if propagated is not None:
            self.failures.was_told(propagated)
            raise propagated

    async def _scan(self, scan: MapScan, items: Any) -> BaseException | None:
        """Run one scan; return the first exception that left the outermost exception handler."""
        try:
            scan.begin()
            propagated = await self._listing(self, scan).mount_all(items)
            await scan.sweep()
        except BaseException:
            scan.fail()
            raise
        scan.finish()
        return propagated

    async def _rescan(self) -> None:
        await self.update_all()

    async def remove_others(self) -> None:
        """Remove the children whose keys are not in the map, except those that a later call decides; run none."""
        if not can_be_listed(self._items):
            return
        async with self._scanning:
            scan = MapScan(self, removes_only=True)
            try:
                scan.begin()
                async with closed(_listed(self._items)) as listed:
                    async for key, value in listed:
                        encoded = self.prefix + encode_key(key)
                        scan.meet([encoded])
                        scan.takes(encoded, key, value)
                await scan.sweep()
            except BaseException:
                scan.fail()
                raise
            scan.finish()
        await self.range.settled(scan.number)

    async def update(self, key: StableKey, value: Any) -> Call:
        """Process a changed or possibly changed value."""
        work = self.work(key, value)
        at = bounded(work.key)
        await self._room(at)
        return self.range.update(at, work)

    async def delete(self, key: StableKey) -> Call:
        """Process a removed key."""
        at = bounded(self.prefix + encode_key(key))
        await self._room(at)
        return self.range.delete(at)

    def work(self, key: StableKey, value: Any) -> MountWork:
        """Return the work that runs the function for an item."""
        self._call.under_memo |= self.has_cursors
        return MountWork(self._call, (*self.path, key), self.prefix + encode_key(key), (value, *self.args))

    async def _room(self, key: bytes) -> None:
        if self.run.committer.is_closed():
            await self.run.committer.room()
        await self.range.room(key)


class Subscriber(LoopCalls):
    """The subscriber of one run of `watch`; see `LiveMapSubscriber`."""

    _loop: LiveMapMount

    def __init__(self, mount: LiveMapMount) -> None:
        super().__init__(mount)

    async def update_all(self) -> None:
        await self._check()
        await self._loop.update_all()

    async def update_part(self, prefix: str, items: Any) -> None:
        await self._check()
        if not isinstance(prefix, str):
            raise MountTypeError(
                f"the first argument of update_part() is a prefix of keys that are str, not {shown(prefix)}"
            )
        await self._loop.update_part(prefix, items)

    async def remove_others(self) -> None:
        await self._check()
        await self._loop.remove_others()

    async def update(self, key: StableKey, value: Any) -> ComponentMountHandle:
        await self._check()
        return ComponentMountHandle(await self._loop.update(key, value))

    async def delete(self, key: StableKey) -> ComponentMountHandle:
        await self._check()
        return ComponentMountHandle(await self._loop.delete(key))

    async def update_many(self, pairs: Iterable[tuple[StableKey, Any]]) -> None:
        if not isinstance(pairs, Iterable) or isinstance(pairs, Mapping):
            advice = "; give its items()" if isinstance(pairs, Mapping) else ""
            raise MountTypeError(f"update_many() takes an iterable of (key, value) pairs, not {shown(pairs)}{advice}")
        for pair in pairs:
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise MountTypeError(f"update_many() takes (key, value) pairs, not {shown(pair)}")
            await self._check()
            await self._loop.update(pair[0], pair[1])


def _below(path: StablePath, parts: tuple[StableKey, ...]) -> StablePath:
    for part in parts:
        path = path / part
    return path


def _encoded_part(path: bytes, prefix: str) -> bytes:
    """Return the prefix of the encoded paths whose last part begins with `prefix`."""
    return path + encode_key(prefix)[:-1]


async def _listed(items: Any) -> AsyncIterator[tuple[StableKey, Any]]:
    """Yield the items of a map, with or without `batches()`."""
    if callable(batches := getattr(items, "batches", None)):
        async with closed(batches()) as given:
            async for batch in given:
                for item in batch:
                    yield item
    else:
        async with closed(items) as given:
            async for item in given:
                yield item
