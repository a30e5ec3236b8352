"""One operation at a time on an app, in the order of the calls; a live update ends for the next one. Layer:
_runtime."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import TYPE_CHECKING, Any

from .block import async_block, block
from .log import log
from .operation import PATIENCE_SECONDS, Operation

if TYPE_CHECKING:
    from typing import Protocol

    class Live(Protocol):
        """A running live update.

        Attributes:
            is_ready: whether its first run is complete.
        """

        @property
        def is_ready(self) -> bool: ...

        def end_live(self) -> None:
            """Let it end in order with its result, now or once it is ready; can be called repeatedly."""


class Turns:
    """The running and waiting operations on one app in this process; used on one loop.

    Args:
        ending: whether live updates must end as soon as they can, even if nobody waits.
    """

    __slots__ = ("_drops", "_ending", "_live", "_lock", "_moved", "_updates", "_waiting")

    def __init__(self, ending: Callable[[], bool] = lambda: False) -> None:
        self._ending = ending
        self._lock = asyncio.Lock()
        self._updates: dict[Operation[Any], None] = {}
        self._drops: set[Operation[Any]] = set()
        self._waiting = 0
        self._live: tuple[Operation[Any], Live] | None = None
        self._moved: list[asyncio.Future[None]] = []

    def is_inside(self, operation: Operation[Any]) -> bool:
        """Return whether `operation` was called inside one that has or waits for the turn: it would wait for itself."""
        at = operation.outer
        while at is not None:
            if at in self._updates or at in self._drops:
                return True
            at = at.outer
        return False

    @async_block
    async def update(self, operation: Operation[Any]) -> AsyncGenerator[None, None]:
        """Hold the turn for the block of an update, and until nothing of it is under way."""
        self._updates[operation] = None
        try:
            async with self._turn(operation):
                yield
        finally:
            del self._updates[operation]

    @async_block
    async def preview(self, operation: Operation[Any]) -> AsyncGenerator[None, None]:
        """Do the same as `update` for a preview: it has the lowest priority, and runs beside a live update, which
        does not end for it."""
        self._updates[operation] = None
        try:
            while self._live is None and (self._lock.locked() or self._waiting):
                moved = asyncio.get_running_loop().create_future()
                self._moved.append(moved)
                await moved
            if self._live is None:
                async with self._turn(operation):
                    yield
            else:
                yield
                await operation.returned()
        finally:
            del self._updates[operation]

    @block
    def live(self, operation: Operation[Any], update: Live) -> Iterator[None]:
        """Register the live update that holds the turn: inside the block it ends as soon as another operation waits."""
        self._live = operation, update
        self._move()
        try:
            if self._waiting or self._ending():
                update.end_live()
            yield
        finally:
            self._live = None

    def end_live(self) -> None:
        """Let a running live update end in order."""
        if self._live is not None:
            self._live[1].end_live()

    @async_block
    async def drop(self, operation: Operation[Any], reason: str) -> AsyncGenerator[None, None]:
        """Do the same as `update` for a drop: cancel running and waiting updates, and begin after their orderly end.

        A live update that is ready is not cancelled: it ends, as for an update.

        Args:
            reason: the reason reported to callers that wait for these updates.
        """
        ready = None if self._live is None or not self._live[1].is_ready else self._live[0]
        updates = [update for update in self._updates if update is not ready]
        for update in updates:
            update.cancel(reason)
        what = "a drop waits for the updates that it cancelled"
        teller = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, _tell_what_is_left, what, updates)
        self._drops.add(operation)
        try:
            async with self._turn(operation):
                teller.cancel()
                yield
        finally:
            teller.cancel()
            self._drops.remove(operation)

    @async_block
    async def _turn(self, operation: Operation[Any]) -> AsyncGenerator[None, None]:
        async with self._after_others():
            patient = True
            try:
                yield
            except (KeyboardInterrupt, GeneratorExit):  # a second Ctrl-C, or its loop is gone
                patient = False
                raise
            finally:
                if patient:
                    await operation.returned()

    @async_block
    async def _after_others(self) -> AsyncGenerator[None, None]:
        teller: asyncio.TimerHandle | None = None
        self._waiting += 1
        try:
            if self._live is not None:
                self.end_live()
                what = "waiting for the live update of the app, which ends as another update or drop was called"
                loop = asyncio.get_running_loop()
                teller = loop.call_later(PATIENCE_SECONDS, _tell_what_is_left, what, [self._live[0]])
            await self._lock.acquire()
        finally:
            self._waiting -= 1
            if teller is not None:
                teller.cancel()
        try:
            yield
        finally:
            self._lock.release()
            self._move()

    def _move(self) -> None:
        """Let previews check again whether they may run."""
        moved, self._moved = self._moved, []
        for future in moved:
            if not future.done():
                future.set_result(None)


def _tell_what_is_left(what: str, updates: list[Operation[Any]]) -> None:
    """Log what an update or drop waits for."""
    left = [str(update.underway) for update in updates if not update.ended.done()]
    if left:
        log(logging.WARNING, f"{what}: {', '.join(left)}")
