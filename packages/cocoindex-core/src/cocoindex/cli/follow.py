"""Show the progress of an update or drop: as a table on a terminal, otherwise as plain lines. Layer `cli`."""

from __future__ import annotations

import sys
from typing import TypeVar

from .._app.handles import Handle
from .._app.show_progress import show_progress

R = TypeVar("R")


def wants_table(quiet: bool) -> bool:
    """Return whether to show the progress as a table; otherwise the operation prints plain lines, unless `quiet`."""
    return not quiet and sys.stdout.isatty()


async def follow(handle: Handle[R], *, table: bool) -> R:
    """Wait for the operation, with a table of its progress if wanted; return its result."""
    return await (show_progress(handle) if table else handle.result())
