"""`show_progress`: an update or drop with its numbers on standard output. Layer: _app."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from cocoindex._shown import shown

from .._progress.interval import checked_interval
from ..errors import ProgressArgumentError
from .following import Following
from .handles import Handle

R = TypeVar("R")


def show_progress(handle: Handle[R], *, refresh_interval: timedelta | None = None) -> Coroutine[Any, Any, R]:
    """Run the operation, show its progress on standard output, and return its result; await it.

    Cancelling it cancels the operation, as cancelling `handle.result()` does.

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
    handle._taken()
    if refresh_interval is not None:
        checked_interval(refresh_interval, "coco.show_progress(refresh_interval=...)")
    return Following(_shown(handle, refresh_interval or True), lambda: handle._is_running)


async def _shown(handle: Handle[R], interval: timedelta | bool) -> R:
    from .._progress.report import reporting

    with reporting(handle._board, interval):
        return await handle.result()
