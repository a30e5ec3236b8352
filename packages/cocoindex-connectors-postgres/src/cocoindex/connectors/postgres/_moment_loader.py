"""Reads values that Python types cannot hold as `OddValue`, so that such a value does not make other rows unreadable.

Postgres connector, source layer. PostgreSQL allows years before 1 and after 9999, the time 24:00, infinity, intervals
with months, and JSON with numbers and nesting that Python refuses.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any, cast

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from ._odd_value import OddValue
from ._session_settings import UNCHECKED

__all__ = ["MOMENTS", "OddValues"]

_UTC_MAX = datetime.datetime.max.replace(tzinfo=datetime.UTC)
_UTC_MIN = datetime.datetime.min.replace(tzinfo=datetime.UTC)
_ENDS: dict[str, tuple[Any, Any]] = {
    "date": (datetime.date.max, datetime.date.min),
    "timestamp": (datetime.datetime.max, datetime.datetime.min),
    "timestamptz": (_UTC_MAX, _UTC_MIN),
    "time": (None, None),
    "timetz": (None, None),
    "interval": (datetime.timedelta.max, datetime.timedelta.min),
}
_RANGES = ("daterange", "tsrange", "tstzrange", "datemultirange", "tsmultirange", "tstzmultirange")
_JSON = ("json", "jsonb")
_TEXTS = ("text", "varchar", "bpchar", "name", "unknown")
MOMENTS = frozenset((*_ENDS, *_RANGES))
"""The types of dates and times, by name."""

_YEARS_AND_MONTHS = re.compile(r"(?:([+-]?\d+) years?)? ?(?:([+-]?\d+) mons?)? ?")
_AFTER_LAST_DAY = "10000-01-01"
_NOT_JSON = "which Python cannot read as JSON (its numbers have too many digits, or it is nested too deep)"

_ANY_OTHER = 0
"""The OID whose loader reads values of all types unknown to the driver, such as enums."""

_NOT_UTF_8 = "which is not text in UTF-8; the database has the encoding SQL_ASCII, which accepts any bytes"
_CONVERT = "correct it there, or read a view that converts it, such as convert_from(name::bytea, 'LATIN1')"

Settle = Callable[[dict[str, Any]], None]


class OddValues:
    """Makes a cursor read such values as `OddValue`, and has rows that contain one converted.

    Args:
        cursor: the cursor, on which loaders are registered.
    """

    def __init__(self, cursor: psycopg.AsyncCursor[Any]) -> None:
        self._were_read = False
        self._adapters = cursor.adapters
        for kind in _ENDS:
            self._register(kind, self._interval if kind == "interval" else self._moment(kind))
        # After the others: a range uses the loaders for its bounds that are registered at this time.
        for kind in _RANGES:
            self._register(kind, self._range)
        for kind in _JSON:
            self._register(kind, self._json)
        if cursor.connection.info.parameter_status("client_encoding") == UNCHECKED:
            for kind in _TEXTS:
                self._register(kind, self._unchecked_text)
            self._register_at(_ANY_OTHER, self._unchecked_text)

    def settle(self, rows: list[dict[str, Any]], settle_row: Settle) -> None:
        """Call `settle_row` with each row, if any `OddValue` was read since the last call."""
        if self._were_read:
            self._were_read = False
            for row in rows:
                settle_row(row)

    def _register(self, kind: str, read: Callable[[Callable[[Buffer], Any], Buffer], Any]) -> None:
        info = self._adapters.types.get(kind)
        if info is not None:
            self._register_at(info.oid, read)

    def _register_at(self, oid: int, read: Callable[[Callable[[Buffer], Any], Buffer], Any]) -> None:
        usual = self._adapters.get_loader(oid, Format.TEXT)
        if usual is None:
            return
        usual_class = cast("type[Loader]", usual)

        class Tolerant(Loader):
            def __init__(self, oid: int, context: Any = None) -> None:
                super().__init__(oid, context)
                self._load = usual_class(oid, context).load

            def load(self, data: Buffer) -> Any:
                return read(self._load, data)

        self._adapters.register_loader(oid, Tolerant)

    def _odd(self, data: Buffer, nearest: Any = None, why: str = "", advice: str = "") -> OddValue:
        self._were_read = True
        return OddValue(_text(data), nearest, why, advice)

    def _unchecked_text(self, load: Callable[[Buffer], Any], data: Buffer) -> Any:
        try:
            return bytes(data).decode()  # the driver's own loader would return bytes
        except UnicodeDecodeError:
            return self._odd(data, why=_NOT_UTF_8, advice=_CONVERT)

    def _moment(self, kind: str) -> Callable[[Callable[[Buffer], Any], Buffer], Any]:
        ends = _ENDS[kind]

        def read(load: Callable[[Buffer], Any], data: Buffer) -> Any:
            try:
                return load(data)
            except (psycopg.DataError, OverflowError, ValueError):
                text = _text(data)
                return self._odd(data, ends[text.startswith("-")] if text.lstrip("-") == "infinity" else None)

        return read

    def _interval(self, load: Callable[[Buffer], Any], data: Buffer) -> Any:
        text = _text(data)
        try:
            if "n" not in text and "y" not in text.replace("day", ""):  # no month, no infinity, no year
                return load(data)
            if text.lstrip("-") == "infinity":
                return self._odd(data, _ENDS["interval"][text.startswith("-")])
            return self._odd(data, _with_months(text, load))
        except (psycopg.DataError, OverflowError, ValueError):
            return self._odd(data)

    def _range(self, load: Callable[[Buffer], Any], data: Buffer) -> Any:
        value = load(data)
        ranges = value if isinstance(value, Multirange) else (value,)
        if not any(isinstance(bound, OddValue) for each in ranges for bound in (each.lower, each.upper)):
            return value
        near = [found for each in ranges if (found := _nearest(each)) is not None]
        if len(near) < len(ranges):
            return self._odd(data)
        return self._odd(data, Multirange(near) if isinstance(value, Multirange) else near[0])

    def _json(self, load: Callable[[Buffer], Any], data: Buffer) -> Any:
        try:
            return load(data)
        except UnicodeDecodeError:
            return self._odd(data, why=_NOT_UTF_8, advice=_CONVERT)
        except (ValueError, RecursionError):
            return self._odd(data, why=_NOT_JSON)


def _text(data: Buffer) -> str:
    return bytes(data).decode(errors="replace")


def _nearest(value: Range[Any]) -> Range[Any] | None:
    """Return the range with the nearest bounds that Python can hold; None if a bound has no nearest value."""
    lower, upper, bounds = value.lower, value.upper, value.bounds
    if isinstance(upper, OddValue) and upper.text == _AFTER_LAST_DAY and value.upper_inc is False:
        upper, bounds = datetime.date.max, f"{bounds[0]}]"  # the same range: the server writes date ranges as [a, b)
    found = [bound.nearest if isinstance(bound, OddValue) else bound for bound in (lower, upper)]
    if any(near is None and bound is not None for near, bound in zip(found, (lower, upper), strict=True)):
        return None
    return Range(found[0], found[1], bounds)


def _with_months(text: str, load: Callable[[Buffer], Any]) -> datetime.timedelta:
    """Return an interval as psycopg does, a month as 30 days, a year as 365; raise OverflowError if too long."""
    match = _YEARS_AND_MONTHS.match(text)
    assert match is not None  # the pattern also matches an empty text
    years, months = (int(number or 0) for number in match.groups())
    rest = text[match.end() :]
    days = datetime.timedelta(days=365 * years + 30 * months)
    return days + load(rest.encode()) if rest else days
