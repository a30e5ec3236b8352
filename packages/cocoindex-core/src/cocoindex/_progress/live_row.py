"""How a live update gets on, written into the store now and then for whoever asks from outside. Layer: _progress.

Only what has changed is written, so that an update at rest does not write; the lock of the app says whether it lives.
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
    """How a live update was when this was written.

    Args:
        written: when, in seconds since 1970.
        ready: whether its first run is complete, and all live ranges are ready.
        ranges: the live ranges, by their paths.
        more: how many there are besides these.
    """

    written: float
    ready: bool = False
    ranges: list[RangeReport] = []
    more: int = 0


def stored_status(store: AppStore) -> LiveStatus | None:
    """What the last live update wrote; None where it has ended in order, or wrote nothing that can be read."""
    data = store.get(LIVE_STATUS)
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=LiveStatus)
    except msgspec.DecodeError:
        return None


@block
def keeping_status(store: AppStore, board: CountBoard) -> Iterator[None]:
    """Write how the update is, every few seconds while it changes, for the time of a block."""
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
        """It has ended in order: there is nothing to tell."""
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
            # What is wrong with the store, those who need it tell.
            with suppress(StoreError):
                self._store.apply({LIVE_STATUS: data})
        self._timer = self._loop.call_later(_SECONDS, self._write)

    def _changed(self) -> None:
        """It is ready: who waits for that from outside need not wait for the next time."""
        if self._board.ready and not self._board.over and (self._last is None or not self._last.ready):
            self._timer.cancel()
            self._write()
