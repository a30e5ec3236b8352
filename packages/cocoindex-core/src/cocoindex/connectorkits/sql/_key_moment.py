"""Converts dates, times and intervals to key texts: the same text for all values that their column stores as equal.

Layer: connectorkits. Text values must be in ISO form, because only the server knows what other forms mean.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from cocoindex._shown import shown

from ._column import TypeLike

__all__ = ["date_text", "interval_text", "time_text", "timestamp_text"]

_DATE = re.compile(r"(\d{1,4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})0*)?)?\s*(?:(Z)|([+-])(\d{2})(?::?(\d{2})(?::?(\d{2}))?)?)?",
    re.IGNORECASE,
)
_ENDLESS = ("infinity", "-infinity")
_EPOCH = datetime.datetime(2000, 1, 1)
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_MICROSECOND = datetime.timedelta(microseconds=1)


def date_text(value: Any) -> str:
    """Return the key text of a date: a `datetime.date`, or ISO text."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = _given(value, "date", "a datetime.date, or text such as '2024-01-31'")
    if text in _ENDLESS:
        return text
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(
            f"as a key the type date takes a datetime.date, or text such as '2024-01-31', not {shown(text)}"
        )
    return datetime.date(*map(int, match.groups())).isoformat()


def timestamp_text(column: TypeLike, *, zoned: bool) -> Callable[[Any], str]:
    """Return the function that gives the key text of a timestamp, rounded to the precision of `column`.

    With `zoned`, the text is in UTC, and a value without a time zone counts as UTC. Otherwise a value with a time zone
    is a ValueError.
    """
    step = _step(column)

    def text(value: Any) -> str:
        if isinstance(value, datetime.datetime):
            moment = value
        elif isinstance(value, datetime.date):
            moment = datetime.datetime.combine(value, datetime.time())
        else:
            given = _given(value, column.base, "a datetime.datetime, or text such as '2024-01-31 12:00:00'")
            if given in _ENDLESS:
                return given
            moment = _moment(given, column.base)
        if not zoned and moment.tzinfo is not None:
            raise ValueError(
                f"{moment!r} has a time zone, which the type {column.base} would lose; declare the column as "
                f"{column.base} with time zone, or give a value without one"
            )
        if moment.tzinfo is not None:
            moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
        count = (moment.replace(fold=0) - _EPOCH) // _MICROSECOND
        moment = _EPOCH + _rounded(count, step) * _MICROSECOND
        return moment.isoformat() + ("+00:00" if zoned else "")

    return text


def time_text(column: TypeLike, *, zoned: bool) -> Callable[[Any], str]:
    """Return the function that gives the key text of a time of day, rounded to the precision of `column`.

    With `zoned`, times with different offsets are different keys, as in PostgreSQL, and a value without a time zone
    counts as UTC. Otherwise a value with a time zone is a ValueError.
    """
    step = _step(column)

    def text(value: Any) -> str:
        if isinstance(value, datetime.time):
            at, offset = _since_midnight(value), value.utcoffset()
        else:
            wanted = "a datetime.time, or text such as '12:00:00'"
            at, offset = _time(_given(value, column.base, wanted), column.base)
        if not zoned and offset is not None:
            raise ValueError(f"{shown(value)} has a time zone, which the type time would lose")
        at = _rounded(at, step)
        hours, rest = divmod(at, 3600 * _SECOND)
        minutes, rest = divmod(rest, 60 * _SECOND)
        seconds, part = divmod(rest, _SECOND)
        clock = f"{hours:02}:{minutes:02}:{seconds:02}" + (f".{part:06}" if part else "")
        return clock + (_offset_text(offset or datetime.timedelta()) if zoned else "")

    return text


def interval_text(column: TypeLike) -> Callable[[Any], str]:
    """Return the function that gives the key text of a `timedelta`, rounded to the precision of `column`.

    Intervals of months have no fixed length and are not supported.
    """
    step = _step(column)

    def text(value: Any) -> str:
        if not isinstance(value, datetime.timedelta):
            raise TypeError(f"as a key the type interval takes a datetime.timedelta, not {shown(value)}")
        days, rest = divmod(value // _MICROSECOND, _DAY)
        days, rest = divmod(days * _DAY + _rounded(rest, step), _DAY)  # the server also rounds only the time of day
        seconds, part = divmod(rest, _SECOND)
        return f"{days:+} days {seconds:+}.{part:06} seconds"

    return text


def _given(value: Any, kind: str, wanted: str) -> str:
    if isinstance(value, str):
        return value.strip().lower() if value.strip().lower() in _ENDLESS else value.strip()
    raise TypeError(f"as a key, the type {kind} takes {wanted}, not {shown(value)}")


def _moment(text: str, kind: str) -> datetime.datetime:
    date, _, clock = text.replace("T", " ").replace("t", " ").partition(" ")
    day = _DATE.fullmatch(date)
    if day is None:
        raise ValueError(
            f"as a key the type {kind} takes a datetime.datetime, or text such as '2024-01-31 12:00:00', not "
            f"{shown(text)}"
        )
    at, offset = _time(clock, kind) if clock else (0, None)
    zone = None if offset is None else datetime.timezone(offset)
    year, month, number = map(int, day.groups())
    return datetime.datetime(year, month, number, tzinfo=zone) + at * _MICROSECOND


def _time(text: str, kind: str) -> tuple[int, datetime.timedelta | None]:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"as a key the type {kind} takes times in ISO form, such as '12:00:00', not {shown(text)}")
    hour, minute, second, part, utc, sign, *shift = match.groups()
    if text.startswith("24:") and not int(minute) and not int(second or 0) and not int(part or 0):
        at = _DAY
    else:
        at = _since_midnight(datetime.time(int(hour), int(minute), int(second or 0), int((part or "0").ljust(6, "0"))))
    if utc:
        return at, datetime.timedelta()
    if sign is None:
        return at, None
    hours, minutes, seconds = (int(number or 0) for number in shift)
    offset = datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return at, -offset if sign == "-" else offset


def _since_midnight(at: datetime.time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * _SECOND + at.microsecond


def _offset_text(offset: datetime.timedelta) -> str:
    if offset.microseconds:
        raise ValueError(f"a key takes time zones of whole seconds, not {shown(offset)}")
    seconds = offset // datetime.timedelta(seconds=1)
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")


def _step(column: TypeLike) -> int:
    """Return the precision of the column in microseconds."""
    return int(10 ** (6 - min(int(column.modifiers), 6))) if column.modifiers.isdecimal() else 1


def _rounded(count: int, step: int) -> int:
    """Round to the nearest multiple of `step`; halves are rounded away from zero."""
    whole = (abs(count) + step // 2) // step * step
    return whole if count >= 0 else -whole
