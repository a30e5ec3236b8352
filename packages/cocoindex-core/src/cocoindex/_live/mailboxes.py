"""The open mailboxes of a live range, and the callers that wait because there are too many. Layer: _live."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from .mailbox import Mailbox

LIVE_OPEN = 2048
"""How many keys of one range may have calls that run, wait or are to be tried again."""


class Mailboxes(dict[bytes, Mailbox]):
    """The mailboxes by key.

    Args:
        limit: how many of them calls may open, not counting those of scans.

    Attributes:
        counted: the number that counts against the limit.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.counted = 0
        self._limit = limit
        self._waiting: deque[asyncio.Future[None]] = deque()

    def open(self, key: bytes, *, is_scans: bool) -> Mailbox:
        """Create the mailbox of a key that has none."""
        box = self[key] = Mailbox(key, is_scans=is_scans)
        self.counted += not is_scans
        return box

    def count(self, box: Mailbox) -> None:
        """Count a mailbox of a scan like others from now on, because it has a call or a retry."""
        if box.is_scans:
            box.is_scans = False
            self.counted += 1

    @property
    def are_full(self) -> bool:
        """Return whether the limit is reached."""
        return self.counted >= self._limit

    def close(self, box: Mailbox) -> None:
        """Remove a mailbox: nothing of its key runs or waits."""
        del self[box.key]
        self.counted -= not box.is_scans
        self._give_room()

    async def room(self, key: bytes, ended: Callable[[], bool]) -> None:
        """Wait while too many are open, unless `key` has one or the range has ended."""
        while not ended() and self.are_full:
            box = self.get(key)
            if box is not None and not box.is_scans:
                return
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            try:
                await future
            except BaseException:
                self._give_room()  # the free place may have been given to this waiter already
                raise
        self._give_room()  # the next waiter checks for itself after this one has called or given up

    def let_all_in(self) -> None:
        """Release all waiters, which are then refused because the range has ended."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    def _give_room(self) -> None:
        while self._waiting and not self.are_full:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
                return
