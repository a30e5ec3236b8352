"""The interval of progress reports, as users give it. Layer: _progress."""

from __future__ import annotations

from datetime import timedelta

from cocoindex._shown import shown

from ..errors import ProgressArgumentError, ProgressIntervalError


def checked_interval(value: bool | timedelta, what: str) -> bool | timedelta:
    """Return `value`, which was passed as `what`: whether to show progress, or how often.

    Raises:
        ProgressArgumentError: (a TypeError) it is neither a bool nor a timedelta.
        ProgressIntervalError: (a ValueError) it is not positive.
    """
    if isinstance(value, bool):
        return value
    if not isinstance(value, timedelta):
        raise ProgressArgumentError(
            f"{what} is True, False or a datetime.timedelta, not {shown(value)}; for seconds write "
            "timedelta(seconds=...)"
        )
    if value <= timedelta(0):
        raise ProgressIntervalError(f"{what} is {value}; it must be above zero")
    return value
