"""Paths that may have changed, but could not be inspected.

Connector layer; on the loop's thread only. Permissions of a directory above were taken away, or a disk or another
machine does not answer; the system need not tell when that is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from .dirty import What, When

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds after which they are looked at again, at first and at most."""

MOST: Final = 10_000
"""More paths are not held: all is compared instead."""

_AT_ONCE = 1.0


class Unseen:
    """Has paths looked at again after 1, 2, 4 … 60 seconds, and where something has happened to a directory above.

    Args:
        look: has a path looked at.
        compare: has all compared, and says why.
    """

    def __init__(self, look: Callable[[str, When, What], None], compare: Callable[[str], None]) -> None:
        self._look = look
        self._compare = compare
        self._loop = asyncio.get_running_loop()
        self._paths: dict[str, What] = {}
        self._are_many = False
        self._timer: asyncio.TimerHandle | None = None
        self._pause = FIRST_PAUSE
        self._looked = 0.0

    def add(self, key: str, what: What) -> None:
        """A path could not be looked at."""
        if len(self._paths) < MOST:
            self._paths[key] = self._paths.get(key, What.CHANGED) | what
        else:
            self._are_many = True
        if self._timer is None:
            if self._loop.time() - self._looked > max(_AT_ONCE, self._pause):  # the last ones could be
                self._pause = FIRST_PAUSE
            self._timer = self._loop.call_later(self._pause, self._due)

    def look_below(self, prefix: str) -> None:
        """Something has happened to a directory: look at those that are in it."""
        for key in [key for key in self._paths if key.startswith(prefix)]:
            self._look(key, When.NOW, self._paths.pop(key))

    def close(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._paths.clear()

    def _due(self) -> None:
        self._timer = None
        self._looked = self._loop.time()
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self.look_below("")
        if self._are_many:
            self._are_many = False
            self._compare(f"more than {MOST} changed paths could not be looked at")
