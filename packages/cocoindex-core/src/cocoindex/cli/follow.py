"""Show how an update or drop gets on: in a table on a terminal, in plain lines elsewhere. Layer `cli`."""

from __future__ import annotations

import sys
from typing import TypeVar

from .._app.handles import Handle
from .._app.show_progress import show_progress

R = TypeVar("R")


def wants_table(quiet: bool) -> bool:
    """Return whether the progress is shown as a table; else the operation itself prints plain lines, unless `quiet`."""
    return not quiet and sys.stdout.isatty()


async def follow(handle: Handle[R], *, table: bool) -> R:
    """Wait for the operation, showing a table of its numbers if that is wanted; return its result."""
    return await (show_progress(handle) if table else handle.result())
