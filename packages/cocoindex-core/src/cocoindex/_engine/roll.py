"""The live ranges of one update: at and below which components they are, and when all have ended. Layer: _engine."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from typing import Protocol

    from .._runtime.range_report import RangeReport
    from .anchor import Anchor
    from .run import Run

    class Lasting(Protocol):
        """A live range with the loop that feeds it.

        Attributes:
            outer: the range whose child mounted it, at any depth; None if there is none.
            leaving: whether it was told to end.
            is_ready: whether the mounting component no longer waits for it.
            below: the prefix of its children's record keys.
        """

        @property
        def outer(self) -> Lasting | None: ...
        @property
        def leaving(self) -> bool: ...
        @property
        def is_ready(self) -> bool: ...
        @property
        def below(self) -> bytes: ...
        def run_again(self) -> bool:
            """List its source again soon; return False if it has no source that can be listed."""
            ...

        async def retire(self) -> None:
            """End it: cancel the loop, drop waiting calls, wait for running ones. It can be called repeatedly and
            concurrently."""
            ...

        async def cancel_loop(self) -> None:
            """Cancel the loop, wait until it has left, and drop waiting calls, because the update is cancelled."""
            ...

        async def has_left(self) -> None:
            """Wait until the cancelled loop has left, or was abandoned because it does not leave."""
            ...

        def report(self) -> RangeReport:
            """Return its state, for watchers."""
            ...

        def under_way(self) -> Collection[object]:
            """Return its running children; each run is a different object, even for the same key."""
            ...


class _Place(msgspec.Struct, frozen=True):
    """The position of a range.

    Attributes:
        mounted_by: the id of the component that mounted it.
        ids: the ids of the components that it is at or below.
        key: the record key of the component that is the range; None if it is not a component.
    """

    mounted_by: bytes
    ids: list[bytes]
    key: bytes | None


class Roll:
    """The live ranges of one update, by the ids of the components that they are at or below.

    Attributes:
        had_any: whether there ever was one.
    """

    __slots__ = ("_at", "_by_component", "_closed", "_ended", "_members", "_retiring", "_run", "had_any")

    def __init__(self, run: Run) -> None:
        self.had_any = False
        self._run = run
        self._members: dict[Lasting, _Place] = {}
        self._at: dict[bytes, Lasting] = {}
        self._by_component: dict[bytes, dict[Lasting, None]] = {}
        self._retiring: dict[bytes, int] = {}
        self._closed = False
        self._ended: list[asyncio.Future[None]] = []

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Lasting]:
        return iter(list(self._members))

    def add(self, member: Lasting, mounted_by: Anchor, at: Anchor | None = None) -> None:
        """Add a range.

        Args:
            mounted_by: the component that mounted it.
            at: the component that is the range, if it is a component.
        """
        ids = (mounted_by if at is None else at).ids()
        key = None if at is None else at.record.key
        if key is not None:
            self._at[key] = member
        self.had_any = True
        self._members[member] = _Place(mounted_by.record.id, ids, key)
        for ident in ids:
            self._by_component.setdefault(ident, {})[member] = None
        inside = member.outer is not None and member.outer.leaving
        if self._closed or inside or not self._retiring.keys().isdisjoint(ids):
            self._run.spawn(member.retire())

    def discard(self, member: Lasting) -> None:
        """Remove a range that has ended."""
        place = self._members.pop(member)
        if place.key is not None and self._at[place.key] is member:
            del self._at[place.key]
        for ident in place.ids:
            del self._by_component[ident][member]
            if not self._by_component[ident]:
                del self._by_component[ident]
        if not self._members:
            ended, self._ended = self._ended, []
            for future in ended:
                if not future.done():
                    future.set_result(None)

    def is_alive(self, component: bytes) -> bool:
        """Return whether there is a range at or below the component with this id."""
        return component in self._by_component

    def run_again(self, record_keys: Collection[bytes]) -> bool | None:
        """Run a component again through the range above it; the component's record key comes first, then those of its
        ancestors.

        Returns:
            Whether the range does that; None if they are below no range.
        """
        around = [member for member in self._members if any(key.startswith(member.below) for key in record_keys)]
        return max(around, key=lambda member: len(self._members[member].ids)).run_again() if around else None

    async def retire_mounted_by(self, component: bytes) -> None:
        """End the ranges that a component mounted, because it is about to run again."""
        if found := self._mounted_by(component):
            await self._retire(found)

    async def retire_at(self, record_key: bytes) -> None:
        """End the range that is the component with this record key."""
        if (member := self._at.get(record_key)) is not None:
            await self._retire([member])

    async def retire_unready(self, component: bytes) -> None:
        """End the ranges of a failed component that are not ready."""
        if found := [member for member in self._mounted_by(component) if not member.is_ready]:
            await self._retire(found)

    def _mounted_by(self, component: bytes) -> list[Lasting]:
        return [
            member for member in self._by_component.get(component, ()) if self._members[member].mounted_by == component
        ]

    async def retire_below(self, component: bytes) -> None:
        """End the ranges at and below a component with a record, because it is about to be removed."""
        if component not in self._by_component:
            return
        self._retiring[component] = self._retiring.get(component, 0) + 1
        try:
            while found := list(self._by_component.get(component, ())):
                await self._retire(found)
        finally:
            self._retiring[component] -= 1
            if not self._retiring[component]:
                del self._retiring[component]

    async def retire_all(self) -> None:
        """End all ranges; ranges that are mounted from now on end at once."""
        self._closed = True
        while self._members:
            await self._retire(list(self._members))

    async def cancel_loops(self) -> None:
        """Cancel all loops and wait until they have left, because the update is cancelled; do not wait for running
        children."""
        self._closed = True
        if self._members:
            await asyncio.gather(*(member.cancel_loop() for member in list(self._members)))

    async def all_left(self) -> None:
        """Wait until the loops cancelled by `cancel_loops` have left or were abandoned."""
        if self._members:
            await asyncio.gather(*(member.has_left() for member in list(self._members)))

    async def all_ended(self) -> None:
        """Wait until there is none."""
        while self._members:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._ended.append(future)
            await future

    async def _retire(self, members: list[Lasting]) -> None:
        """End ranges and all ranges inside them concurrently, because one may wait for another."""
        wanted = dict.fromkeys(members)
        for member in self._members:
            at: Lasting | None = member
            while at is not None and at not in wanted:
                at = at.outer
            if at is not None:
                wanted[member] = None
        await asyncio.gather(*(member.retire() for member in wanted))
