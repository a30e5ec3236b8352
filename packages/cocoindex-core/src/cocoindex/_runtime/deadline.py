"""Time limits: a deadline that applies to the work its setter waits for, checked at certain points.

Layer: _runtime.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from contextvars import ContextVar
from datetime import timedelta

from cocoindex._shown import shown

from ..errors import DeadlineExceededError, TimeoutArgumentError, TimeoutValueError
from .block import block

_deadline: ContextVar[float | None] = ContextVar("cocoindex_deadline", default=None)
# Tests replace the clock.
_clock: Callable[[], float] = time.monotonic


def timeout(duration: timedelta) -> AbstractContextManager[None]:
    """A time limit for a `with` block; in nested blocks the earlier limit wins.

    It is cooperative: after the limit, `DeadlineExceededError` is raised at the entry and return of `@coco.fn`
    functions, at mounts, and at `coco.check_cancellation()`. A running `await` is not interrupted, except that a
    `coco.ProcessRunner` or a Ray runner ends the call in its worker.

    Args:
        duration: time from the entry of the block; a zero duration expires immediately.

    Raises:
        TimeoutArgumentError: (a TypeError) `duration` is not a timedelta.
        TimeoutValueError: (a ValueError) it is negative.
    """
    if not isinstance(duration, timedelta):
        raise TimeoutArgumentError(
            f"duration= of coco.timeout() is a datetime.timedelta, not {shown(duration)}; "
            "for seconds write coco.timeout(timedelta(seconds=...))"
        )
    seconds = duration.total_seconds()
    if seconds < 0:
        raise TimeoutValueError(f"the duration of coco.timeout() is {seconds} seconds; it cannot be negative")
    return _limited(seconds)


@block
def _limited(seconds: float) -> Iterator[None]:
    ends = _clock() + seconds
    outer = _deadline.get()
    with under(ends if outer is None else min(ends, outer)):
        yield


@block
def under(deadline: float | None) -> Iterator[None]:
    """Set `deadline`, or none, for the block, independently of the outer one."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


@block
def within(deadline: float, where: object) -> Iterator[None]:
    """Set `deadline` for the block, and check it at the entry and at a successful end."""
    with under(deadline):
        check_deadline(deadline, f"the start of {where}")
        yield
        check_deadline(deadline, f"the return of {where}")


def current_deadline() -> float | None:
    """Return the current deadline, in seconds of `time.monotonic()`; None if there is none."""
    return _deadline.get()


def remaining_seconds() -> float | None:
    """Return the seconds left of the current time limit, at least 0; None without a limit."""
    deadline = _deadline.get()
    return None if deadline is None else max(0.0, deadline - _clock())


def check_deadline(deadline: float | None, where: object) -> None:
    """Raise if `deadline` has passed; `where` is the function or the component's path that checks."""
    if deadline is not None:
        late = _clock() - deadline
        if late >= 0:
            raise DeadlineExceededError(
                f"the time limit set with coco.timeout() passed {late:.3f} s ago, noticed at {where}; "
                "what is not yet complete is left to the next update"
            )
