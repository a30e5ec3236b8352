"""Live sources in memory for the tests of `LiveSourceSuite`: sound ones, and ones with a flaw."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any

from cocoindex.connectorkits import SingleWatcherGuard
from cocoindex.testing import LiveSourceDriver

Item = tuple[Any, Any]
Change = tuple[Any, Any]  # the value is None where the item was removed


class View:
    """A dict that tells its changes, over a connection that can break."""

    def __init__(self, flaw: str) -> None:
        self.flaw = flaw
        self.items: dict[Any, Any] = {}
        self.connected = True
        self.queue: list[Change] = []
        self.gone: set[Any] = set()
        self._listens = False
        self.lost = False
        self.wake = asyncio.Event()

    def changed(self, key: Any, value: Any) -> None:
        if value is None:
            del self.items[key]
            self.gone.add(key)
        else:
            self.items[key] = value
        if not self._listens:
            return
        if not self.connected:
            self.lost = self.flaw != "does not look after a break"
            return
        if self.flaw == "drops removals" and value is None:
            return
        if self.flaw == "tells nothing of keys that come back" and value is not None and key in self.gone:
            return
        if self.flaw == "has a short queue" and len(self.queue) >= 50:
            return
        self.queue.append((key, value))
        self.wake.set()

    def watched(self) -> Watched:
        return Watched(self)

    def listen(self, listens: bool) -> None:
        self._listens = listens
        self.queue.clear()


class Watched:
    """What is given to `mount_each`."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._guard: Any = nullcontext() if view.flaw == "lets two watch" else SingleWatcherGuard("a view")

    async def __aiter__(self) -> AsyncIterator[tuple[Any, Item]]:
        view = self._view
        if not view.connected and view.flaw == "is empty while it is cut off":
            return
        for key, value in list(view.items.items()):
            yield key, (key, value)

    async def watch(self, subscriber: Any) -> None:
        with self._guard:
            view = self._view
            view.listen(view.flaw != "listens too late")
            try:
                if view.flaw == "is ready too early":
                    await subscriber.mark_ready()
                if view.flaw != "does not list":
                    await subscriber.update_all()
                view.listen(True) if view.flaw == "listens too late" else None
                if view.flaw != "is never ready":
                    await subscriber.mark_ready()
                while True:
                    await view.wake.wait()
                    view.wake.clear()
                    await self._tell(subscriber)
            finally:
                view.listen(False)

    async def _tell(self, subscriber: Any) -> None:
        view = self._view
        if view.lost or (not view.connected and view.flaw == "is empty while it is cut off"):
            view.lost = False
            await subscriber.update_all()
        while view.queue:
            key, value = view.queue.pop(-1 if view.flaw == "tells the last first" else 0)
            if value is None:
                await subscriber.delete(key)
            else:
                await subscriber.update(key, (key, value))


class ViewDriver(LiveSourceDriver[Item]):
    """A `View`, in which a disconnection is known when it is over."""

    disconnects = True

    def __init__(self, flaw: str = "") -> None:
        self._view = View(flaw)

    async def source(self) -> Any:
        return self._view.watched()

    async def read(self, item: Item) -> Item:
        return item

    async def put(self, key: Any, value: Any) -> None:
        self._view.changed(key, value)

    async def remove(self, key: Any) -> None:
        self._view.changed(key, None)

    async def disconnect(self) -> None:
        self._view.connected = False
        self._view.wake.set()

    async def reconnect(self) -> None:
        self._view.connected = True
        self._view.wake.set()
