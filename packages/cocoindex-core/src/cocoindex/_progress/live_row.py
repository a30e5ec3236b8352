"""The state of a live update, written into the store from time to time for other processes. Layer: _progress.

Only changes are written, so an idle update does not write. The lock of the app says whether the update is alive.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import msgspec

from .._engine.keyspace import LIVE_STATUS
from .._runtime.block import block
from .._runtime.counts import CountBoard
from .._runtime.range_report import RangeReport
from .._store.interface import AppStore
from ..errors import StoreError
from .range_lines import most_telling

_SECONDS: Final = 5.0
_MOST_RANGES: Final = 200


class LiveStatus(msgspec.Struct, frozen=True):
    """The state of a live update when this was written.

    Args:
        written: the time of writing, in seconds since 1970.
        ready: whether its first run is complete, and all live ranges are ready.
        ranges: the live ranges, ordered by path.
        more: the number of further ranges.
    """

    written: float
    ready: bool = False
    ranges: list[RangeReport] = []
    more: int = 0


def stored_status(store: AppStore) -> LiveStatus | None:
    """Return the state written by the last live update; None if it ended in order or the row cannot be read."""
    data = store.get(LIVE_STATUS)
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=LiveStatus)
    except msgspec.DecodeError:
        return None


@block
def keeping_status(store: AppStore, board: CountBoard) -> Iterator[None]:
    """Write the state of the update during a block, every few seconds if it changes."""
    keeper = _Keeper(store, board)
    try:
        yield
    finally:
        keeper.end()


class _Keeper:
    def __init__(self, store: AppStore, board: CountBoard) -> None:
        self._store = store
        self._board = board
        self._loop = asyncio.get_running_loop()
        self._last: LiveStatus | None = None
        self._timer = self._loop.call_later(_SECONDS, self._write)
        self._unsubscribe = board.subscribe(self._changed)

    def end(self) -> None:
        """Delete the state, because the update has ended in order."""
        self._timer.cancel()
        self._unsubscribe()
        with suppress(StoreError):
            if self._store.get(LIVE_STATUS) is not None:
                self._store.apply({LIVE_STATUS: None})

    def _write(self) -> None:
        ranges = [] if self._board.ranges is None else self._board.ranges()
        told = most_telling(ranges, _MOST_RANGES)
        status = LiveStatus(0.0, self._board.ready, told, len(ranges) - len(told))
        if status != self._last:
            self._last = status
            data = msgspec.msgpack.encode(msgspec.structs.replace(status, written=time.time()))
            # Errors of the store are reported by the code that needs it.
            with suppress(StoreError):
                self._store.apply({LIVE_STATUS: data})
        self._timer = self._loop.call_later(_SECONDS, self._write)

    def _changed(self) -> None:
        """Write at once that it is ready, for processes that wait for it."""
        if self._board.ready and not self._board.over and (self._last is None or not self._last.ready):
            self._timer.cancel()
            self._write()
