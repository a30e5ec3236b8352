"""`show_progress`: an update or drop with its numbers on standard output. Layer: _app."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from cocoindex._shown import shown

from .._progress.interval import checked_interval
from ..errors import ProgressArgumentError
from .handles import Handle

R = TypeVar("R")


async def show_progress(handle: Handle[R], *, refresh_interval: timedelta | None = None) -> R:
    """Run the operation, show its progress on standard output, and return its result.

    Args:
        handle: the result of `app.update()` or `app.drop()`.
        refresh_interval: time between reports; by default 0.2 s on a terminal, 5 s elsewhere.

    Raises:
        ProgressArgumentError: (a TypeError) an argument has the wrong type.
        ProgressIntervalError: (a ValueError) the interval is not positive.
        What the operation raises.
    """
    if not isinstance(handle, Handle):
        raise ProgressArgumentError(f"coco.show_progress() takes what app.update() gives, not {shown(handle)}")
    handle.taken()
    if refresh_interval is not None:
        checked_interval(refresh_interval, "coco.show_progress(refresh_interval=...)")
    from .._progress.report import reporting

    with reporting(handle.board, refresh_interval or True):
        return await handle.result()
