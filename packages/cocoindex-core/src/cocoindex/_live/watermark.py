"""Up to which number all calls are done, and who waits for that. Layer: _live."""

from __future__ import annotations

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import count


class Watermark:
    """The numbers of what is open, and what is to be done once all up to a number are closed.

    Numbers are opened in ascending order; one that is open may be opened again, and is closed as often.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[int, int] = OrderedDict()
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()
        self._settling: list[tuple[int, asyncio.Future[None]]] = []
        self._ended: BaseException | None = None

    def open(self, number: int) -> None:
        """One thing more is open under a number."""
        self._open[number] = self._open.get(number, 0) + 1

    def close(self, number: int) -> None:
        """One of those that are open under a number is done."""
        left = self._open[number] - 1
        if left:
            self._open[number] = left
            return
        first = self.lowest()
        del self._open[number]
        if number == first:
            self._risen()

    def lowest(self) -> int | None:
        """The lowest number that is open."""
        return next(iter(self._open), None)

    def is_past(self, number: int, *, without: Iterable[int] = ()) -> bool:
        """Whether all up to a number are closed, if one of each number in `without` were closed, too."""
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
        """Call `callback` once all up to `number` are closed: lower numbers first, and equal ones in their order.

        It may be called at once. It must not raise.
        """
        heapq.heappush(self._waiting, (number, next(self._order), callback))
        self._call_back()

    async def past(self, number: int) -> None:
        """Wait until all up to `number` are closed; raises what `end` was given."""
        if self._ended is not None:
            raise self._ended
        if not self.is_past(number):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._settling.append((number, future))
            await future

    def end(self, error: BaseException) -> None:
        """Whoever waits raises `error`."""
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
