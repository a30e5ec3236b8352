"""The open mailboxes of a live range, and who waits as there are too many. Layer: _live."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from .mailbox import Mailbox

LIVE_OPEN = 2048
"""How many keys of one range may have calls that run, wait or are to be tried again."""


class Mailboxes(dict[bytes, Mailbox]):
    """The mailboxes by their keys.

    Args:
        limit: how many of them calls may open; those of scans come on top.

    Attributes:
        counted: how many count against the limit.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.counted = 0
        self._limit = limit
        self._waiting: deque[asyncio.Future[None]] = deque()

    def open(self, key: bytes, *, is_scans: bool) -> Mailbox:
        """A mailbox for a key that has none."""
        box = self[key] = Mailbox(key, is_scans=is_scans)
        self.counted += not is_scans
        return box

    def count(self, box: Mailbox) -> None:
        """One that a scan opened counts as any other from now on, as a call or a retry is in it."""
        if box.is_scans:
            box.is_scans = False
            self.counted += 1

    @property
    def are_full(self) -> bool:
        """Whether as many are open as calls may open."""
        return self.counted >= self._limit

    def close(self, box: Mailbox) -> None:
        """Nothing of its key runs or waits any more."""
        del self[box.key]
        self.counted -= not box.is_scans
        self._give_room()

    async def room(self, key: bytes, ended: Callable[[], bool]) -> None:
        """Wait while too many are open, unless `key` has one, or the range has ended."""
        while not ended() and self.are_full:
            box = self.get(key)
            if box is not None and not box.is_scans:
                return
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            try:
                await future
            except BaseException:
                self._give_room()  # it may have been given to this one already
                raise
        self._give_room()  # the next one looks for itself once this one has called, or has not

    def let_all_in(self) -> None:
        """The range has ended: who waits goes on, and is refused."""
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
