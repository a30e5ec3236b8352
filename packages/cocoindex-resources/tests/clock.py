"""The time on the clock of the event loop that runs."""

from __future__ import annotations

import asyncio


def now() -> float:
    """Return the seconds since the loop began, without the noise of floating point."""
    return round(asyncio.get_running_loop().time(), 6)
