"""A live update of the items of one container, which a test changes. Testing kit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any

from .._app.handles import UpdateHandle
from .._keys import StableKey


class LiveItems:
    """A live map of items with their keys."""

    def __init__(self, items: Mapping[StableKey, Any]) -> None:
        self._items = dict(items)
        self._subscriber: Any = None

    async def __aiter__(self) -> AsyncIterator[tuple[StableKey, Any]]:
        for key, value in list(self._items.items()):
            yield key, (key, value)

    async def watch(self, subscriber: Any) -> None:
        self._subscriber = subscriber
        await subscriber.update_all()
        await subscriber.mark_ready()
        await asyncio.Event().wait()

    async def put(self, key: StableKey, value: Any) -> None:
        """Create or change an item."""
        self._items[key] = value
        await self._subscriber.update(key, (key, value))

    async def remove(self, key: StableKey) -> None:
        """Remove an item."""
        del self._items[key]
        await self._subscriber.delete(key)


class LiveUpdate:
    """Follows a live update until the block ends, which ends the update.

    Args:
        handle: the handle of the update.
        contents: returns what the target holds.
        patience: the number of seconds to wait for a result.
    """

    def __init__(
        self, handle: UpdateHandle[None], contents: Callable[[], Mapping[StableKey, Any] | None], patience: float
    ) -> None:
        self._patience = patience
        self._handle = handle
        self._contents = contents
        self._result = asyncio.ensure_future(handle.result())

    async def __aenter__(self) -> LiveUpdate:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._result.cancel()
        with suppress(asyncio.CancelledError):
            await self._result

    async def holds(self, items: Mapping[StableKey, Any]) -> None:
        """Wait until the target holds exactly these items."""
        try:
            async with asyncio.timeout(self._patience):
                async for _ in self._handle.watch():
                    if self._contents() == items:
                        return
        except TimeoutError:
            pass
        raise AssertionError(f"the container holds {self._contents()}, but should hold {dict(items)}")
