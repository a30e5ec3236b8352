"""`polling`: a live view of a source that can only be listed.

Layer: connectorkits.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cocoindex._shown import shown

from .._runtime.closed import closed
from ..errors import ConnectorKitError
from ._single_watcher_guard import SingleWatcherGuard

if TYPE_CHECKING:
    from .._live.protocols import LiveMapSubscriber

K = TypeVar("K")
V = TypeVar("V")


class PolledView(Generic[K, V]):
    """Lists a source repeatedly; created by `polling`."""

    def __init__(
        self,
        listing: Callable[[], AsyncIterable[tuple[K, V]] | Iterable[tuple[K, V]]],
        seconds: float,
        changed: Callable[[], Awaitable[bool]] | None,
    ) -> None:
        self._listing = listing
        self._seconds = seconds
        self._changed = changed
        self._guard = SingleWatcherGuard("a polled view")
        # The number of complete listings: an incomplete one does not show which items are gone.
        self._listed = 0

    async def __aiter__(self) -> AsyncIterator[tuple[K, V]]:
        """List the source once."""
        items = self._listing()
        if isinstance(items, AsyncIterable):
            async with closed(items) as given:
                async for item in given:
                    yield item
        else:
            for item in items:
                yield item
        self._listed += 1

    async def watch(self, subscriber: LiveMapSubscriber[K, V]) -> None:
        """List the source, and list it again after each interval in which it changed; called by `coco.mount_each()`.

        Raises:
            AlreadyWatchedError: (a RuntimeError) this view is already being watched.
        """
        with self._guard:
            if self._changed is not None:
                await self._changed()  # the starting point: a change during the first listing causes a second one
            up_to_date = await self._list(subscriber)
            await subscriber.mark_ready()
            while True:
                await asyncio.sleep(self._seconds)
                # Called each time, even if a listing is due anyway: it may remember what it has seen.
                if await self._has_changed(subscriber) or not up_to_date:
                    up_to_date = await self._list(subscriber)

    async def _list(self, subscriber: LiveMapSubscriber[K, V]) -> bool:
        """List everything; return whether the listing was complete."""
        before = self._listed
        await subscriber.update_all()
        return self._listed > before

    async def _has_changed(self, subscriber: LiveMapSubscriber[K, V]) -> bool:
        if self._changed is None:
            return True
        try:
            return bool(await self._changed())
        except Exception as error:
            await subscriber.report_exception(error)
            return True  # unknown: it may have changed


class PolledBatches(PolledView[K, V]):
    """A `PolledView` of a source that yields its items in lists."""

    def __init__(self, source: Any, seconds: float, changed: Callable[[], Awaitable[bool]] | None) -> None:
        super().__init__(lambda: source, seconds, changed)
        self._source = source

    async def batches(self) -> AsyncGenerator[list[tuple[K, V]], None]:
        """List the source once; yield lists of pairs."""
        async with aclosing(self._source.batches()) as batches:
            async for batch in batches:
                yield batch
        self._listed += 1


def polling(
    source: AsyncIterable[tuple[K, V]]
    | Iterable[tuple[K, V]]
    | Callable[[], AsyncIterable[tuple[K, V]] | Iterable[tuple[K, V]]],
    interval: datetime.timedelta,
    *,
    changed: Callable[[], Awaitable[bool]] | None = None,
) -> PolledView[K, V]:
    """Return a live view, for `coco.mount_each()`, of a source that can only be listed.

    In live mode the source is listed repeatedly.

    A listing costs as much as a catch-up update of the source: children whose function is memoized and whose item is
    unchanged are skipped. A listing that fails removes nothing, and is repeated after the next interval.

    Args:
        source: pairs of key and value that can be iterated over many times, sync or async (if it has `batches()`, that
            is used); or a function that returns such pairs, such as an async generator function.
        interval: the time from the end of one listing to the beginning of the next.
        changed: an async function without arguments that says, at low cost, whether the source has changed since the
            last call; only then is the source listed. It is called once before the first listing, and the result is
            ignored. If it raises, the error is reported, and the source is listed.

    Raises:
        ConnectorKitError: (a TypeError) an argument has the wrong type, `source` is an iterator (which can be listed
            only once), or the interval is not positive.
    """
    if not isinstance(interval, datetime.timedelta):
        raise ConnectorKitError(
            f"interval= of polling() is a datetime.timedelta, such as datetime.timedelta(seconds=30), "
            f"not {shown(interval)}"
        )
    if interval <= datetime.timedelta(0):
        raise ConnectorKitError(f"interval= of polling() is {interval}; it must be positive")
    if changed is not None and not callable(changed):
        raise ConnectorKitError(f"changed= of polling() is an async function of no arguments, not {shown(changed)}")
    seconds = interval.total_seconds()
    if isinstance(source, AsyncIterator | Iterator):
        raise ConnectorKitError(
            f"polling() lists its source many times, and {shown(source)} can be iterated over only once; pass a "
            "function that creates it"
        )
    if callable(getattr(source, "batches", None)):
        return PolledBatches(source, seconds, changed)
    if isinstance(source, AsyncIterable | Iterable):
        return PolledView(lambda: source, seconds, changed)
    if callable(source):
        return PolledView(source, seconds, changed)
    raise ConnectorKitError(
        f"polling() takes pairs of key and value, or a function that gives them, not {shown(source)}"
    )
