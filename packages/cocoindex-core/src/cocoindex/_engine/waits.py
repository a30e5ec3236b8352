"""What user code may wait for in tasks of its own, which an update that is left does not end. Layer: _engine."""

from __future__ import annotations

import asyncio
from weakref import WeakSet


class Waits:
    """The futures of one run that tasks of user code may wait for: `ready()`, `caught_up()`, a slot, room in the queue.

    A run that is cancelled ends its own tasks, but not those of user code. They would wait for ever for components that
    never end.
    """

    __slots__ = ("_futures",)

    def __init__(self) -> None:
        self._futures: WeakSet[asyncio.Future[None]] = WeakSet()

    def new(self) -> asyncio.Future[None]:
        """Return a future that is cancelled if the run ends before it is resolved."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._futures.add(future)
        return future

    def end(self) -> None:
        """Cancel those that are not resolved, as the run has ended."""
        for future in list(self._futures):
            future.cancel()
