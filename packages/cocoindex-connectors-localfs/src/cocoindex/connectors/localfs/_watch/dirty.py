"""Tracks which paths must be inspected again, and when.

Connector layer; on the loop's thread only. Times are those of the loop, which no change of the clock moves.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum, Flag
from typing import Final

QUIET: Final = 0.05
"""So many seconds after its last change a file is looked at that nobody has closed yet, …"""

LONGEST: Final = 1.0
"""… or so many after the first one."""

GONE: Final = 0.02
"""So many seconds after entries vanished, and no other one did, they are looked at: editors put another one in the
place, and where the whole directory is being removed, nothing in it counts as removed."""

MOST: Final = 100_000
"""More paths are not held: all is compared instead."""


class When(Enum):
    """When a path should be inspected."""

    NOW = 0
    QUIET = 1  # once it is no longer written
    GONE = 2  # unless it comes back at once


class What(Flag):
    """Details of a possible change at a path."""

    CHANGED = 0
    FILE_GONE = 1  # a file was removed from the place
    TREE_GONE = 2  # a directory was taken away with what is in it


class Dirty:
    """Paths that must be inspected.

    Args:
        overflowed: called with a text when there are too many, which are then forgotten.
    """

    def __init__(self, overflowed: Callable[[str], None]) -> None:
        self._overflowed = overflowed
        self._loop = asyncio.get_running_loop()
        # With the time of the first change; and with that, and when it is due: the first one is due first.
        self._now: OrderedDict[str, float] = OrderedDict()
        self._quiet: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._gone: dict[str, float] = {}
        self._gone_first = self._gone_last = 0.0
        self._what: dict[str, What] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._some = asyncio.Event()

    def __len__(self) -> int:
        return len(self._now) + len(self._quiet) + len(self._gone)

    def add(self, key: str, when: When = When.NOW, what: What = What.CHANGED) -> None:
        """Have a path looked at."""
        if what:
            self._what[key] = self._what.get(key, What.CHANGED) | what
        time = self._loop.time()
        if when is When.GONE:
            first = self._now.pop(key, time)
            first, _ = self._quiet.pop(key, (first, 0.0))
            if not self._gone:
                self._gone_first = time
            self._gone[key] = self._gone.pop(key, first)
            self._gone_last = time
            self._wake_at(self._gone_due())
        elif key not in self._now:
            first, _ = self._quiet.pop(key, (self._gone.pop(key, time), 0.0))
            if when is When.NOW or time - first >= LONGEST:
                self._ready(key, first)
            else:
                self._quiet[key] = (first, time + QUIET)
                self._wake_at(time + QUIET)
        if len(self) > MOST:
            self.clear()
            self._overflowed(f"more than {MOST} paths have changed at once")

    async def take(self, most: int) -> dict[str, tuple[What, float]]:
        """Return paths that are due, oldest first, with what is known of them and how old the change is in seconds."""
        await self._some.wait()
        time = self._loop.time()
        taken: dict[str, tuple[What, float]] = {}
        while self._now and len(taken) < most:
            key, first = self._now.popitem(last=False)
            taken[key] = (self._what.pop(key, What.CHANGED), time - first)
        if not self._now:
            self._some.clear()
        return taken

    def clear(self) -> None:
        """Forget all."""
        for paths in (self._now, self._quiet, self._gone, self._what):
            paths.clear()
        self._some.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ready(self, key: str, first: float) -> None:
        self._now[key] = first
        self._some.set()

    def _gone_due(self) -> float:
        return min(self._gone_last + GONE, self._gone_first + LONGEST)

    def _wake_at(self, time: float) -> None:
        if self._timer is None or self._timer.when() > time:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(time, self._due)

    def _due(self) -> None:
        self._timer = None
        time = self._loop.time()
        while self._quiet:
            key, (first, due) = next(iter(self._quiet.items()))
            if due > time:
                break
            del self._quiet[key]
            self._ready(key, first)
        if self._gone and self._gone_due() <= time:
            gone, self._gone = self._gone, {}
            for key, first in gone.items():
                self._ready(key, first)
        if self._quiet:
            self._wake_at(next(iter(self._quiet.values()))[1])
        if self._gone:
            self._wake_at(self._gone_due())
