"""The number up to which all calls are done, and the callbacks that wait for it. Layer: _live."""

from __future__ import annotations

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import count


class Watermark:
    """The open numbers, and the callbacks to run once all numbers up to a certain one are closed.

    Numbers are opened in ascending order. An open number may be opened again, and must be closed as often.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[int, int] = OrderedDict()
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()
        self._settling: list[tuple[int, asyncio.Future[None]]] = []
        self._ended: BaseException | None = None

    def open(self, number: int) -> None:
        """Open a number once more."""
        self._open[number] = self._open.get(number, 0) + 1

    def close(self, number: int) -> None:
        """Close a number once."""
        left = self._open[number] - 1
        if left:
            self._open[number] = left
            return
        first = self.lowest()
        del self._open[number]
        if number == first:
            self._risen()

    def lowest(self) -> int | None:
        """Return the lowest open number."""
        return next(iter(self._open), None)

    def is_past(self, number: int, *, without: Iterable[int] = ()) -> bool:
        """Return whether all numbers up to this one would be closed if each number in `without` were closed once."""
        less: dict[int, int] = {}
        for each in without:
            less[each] = less.get(each, 0) + 1
        for open_, times in self._open.items():
            if open_ > number:
                return True
            if times > less.get(open_, 0):
                return False
        return True

    def when_past(self, number: int, callback: Callable[[], None]) -> None:
        """Call `callback` once all numbers up to `number` are closed; in order of numbers, then of registration.

        It may be called at once. It must not raise.
        """
        heapq.heappush(self._waiting, (number, next(self._order), callback))
        self._call_back()

    async def past(self, number: int) -> None:
        """Wait until all numbers up to `number` are closed; raise the exception passed to `end`."""
        if self._ended is not None:
            raise self._ended
        if not self.is_past(number):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._settling.append((number, future))
            await future

    def end(self, error: BaseException) -> None:
        """End all waits with `error`."""
        self._ended = error
        for _, future in self._settling:
            if not future.done():
                future.set_exception(error)
        self._settling.clear()

    def _risen(self) -> None:
        if self._settling:
            waiting, self._settling = self._settling, []
            for number, future in waiting:
                if future.done():
                    continue
                if self.is_past(number):
                    future.set_result(None)
                else:
                    self._settling.append((number, future))
        self._call_back()

    def _call_back(self) -> None:
        while self._waiting and self.is_past(self._waiting[0][0]):
            heapq.heappop(self._waiting)[2]()
