"""Paths that may have changed, but could not be inspected.

Connector layer; on the loop's thread only. The process has no permission for a directory above, or a disk or a remote
machine does not answer. The system may not report when that ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from .dirty import What, When

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds after which such paths are inspected again, at first and at most."""

MOST: Final = 10_000
"""The number of paths to remember, at most; if there are more, the whole directory is walked again instead."""

_AT_ONCE = 1.0


class Unseen:
    """Schedules paths for inspection again after 1, 2, 4 … 60 seconds, and after an event of a directory above.

    Args:
        look: schedules the inspection of a path.
        compare: requests a walk of everything, with a text that says why.
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
        """Add a path that could not be inspected."""
        if len(self._paths) < MOST:
            self._paths[key] = self._paths.get(key, What.CHANGED) | what
        else:
            self._are_many = True
        if self._timer is None:
            if self._loop.time() - self._looked > max(_AT_ONCE, self._pause):  # the last retry succeeded
                self._pause = FIRST_PAUSE
            self._timer = self._loop.call_later(self._pause, self._due)

    def look_below(self, prefix: str) -> None:
        """Inspect the paths below `prefix`, after an event of that directory."""
        for key in [key for key in self._paths if key.startswith(prefix)]:
            self._look(key, When.NOW, self._paths.pop(key))

    def close(self) -> None:
        """Stop the retries, and drop all paths."""
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
            self._compare(f"more than {MOST} changed paths could not be inspected")
