"""Show the progress of an update or drop: as a table on a terminal, otherwise as plain lines. Layer `cli`."""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from .._app.handles import Handle
from .._app.show_progress import show_progress

R = TypeVar("R")


def wants_table(quiet: bool) -> bool:
    """Return whether to show the progress as a table; otherwise the operation prints plain lines, unless `quiet`."""
    return not quiet and sys.stdout.isatty()


def follow(handle: Handle[R], *, table: bool) -> Coroutine[Any, Any, R]:
    """Wait for the operation, with a table of its progress if wanted; return its result."""
    handle._taken()  # a signal may come before it is awaited
    return show_progress(handle) if table else handle.result()
