"""Tracks which paths must be inspected again, and when.

Connector layer; on the loop's thread only. All times are those of the event loop, which are monotonic.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum, Flag
from typing import Final

QUIET: Final = 0.05
"""Seconds without a change after which a file that is still open for writing is inspected."""

LONGEST: Final = 1.0
"""Seconds after the first change of a path after which it is inspected in any case."""

GONE: Final = 0.02
"""Seconds without another removal after which removed entries are inspected.

Editors remove a file and put a new one in its place. And if the whole root is being removed, nothing in it may count as
removed.
"""

MOST: Final = 100_000
"""The number of paths to remember, at most; if there are more, the whole directory is walked again instead."""


class When(Enum):
    """When a path should be inspected."""

    NOW = 0
    QUIET = 1  # once it is no longer being written
    GONE = 2  # after a short delay, in which it may come back


class What(Flag):
    """Details of a possible change at a path."""

    CHANGED = 0
    FILE_GONE = 1  # a file was removed or moved away
    TREE_GONE = 2  # a directory was removed or moved away with its contents


class Dirty:
    """Paths that must be inspected.

    Args:
        overflowed: called with a text that says why when there are too many paths; all are dropped then.
    """

    def __init__(self, overflowed: Callable[[str], None]) -> None:
        self._overflowed = overflowed
        self._loop = asyncio.get_running_loop()
        # `_now` maps a path to the time of its first change; `_quiet` to that time and the time when it is due.
        # Both are in the order in which paths are due.
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
        """Schedule the inspection of a path."""
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
        """Wait for paths that are due and return up to `most` of them, the oldest first.

        Each comes with the details of the change, and with its age in seconds.
        """
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
        """Drop all paths."""
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
