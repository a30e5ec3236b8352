"""Dates and times that Python cannot hold, where rows are read: they fail, or become text, one by one.

Postgres connector, source layer. PostgreSQL knows years before the first and after the 9999th, 24:00, and infinity.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from typing import Any, cast

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from cocoindex.connectorkits import shown

from .errors import PostgresRowError

__all__ = ["OddMoment", "OddMoments", "as_fields", "as_plain"]

_KINDS = ("date", "timestamp", "timestamptz", "time", "timetz", "interval")
_ENDS: dict[str, tuple[Any, Any]] = {
    "date": (datetime.date.max, datetime.date.min),
    "timestamp": (datetime.datetime.max, datetime.datetime.min),
    "timestamptz": (
        datetime.datetime.max.replace(tzinfo=datetime.UTC),
        datetime.datetime.min.replace(tzinfo=datetime.UTC),
    ),
}


class OddMoment:
    """A value that Python's types cannot hold.

    Args:
        text: as the server writes it.
        nearest: the last or the first that they can, for an infinity; None for any other.
    """

    __slots__ = ("nearest", "text")

    def __init__(self, text: str, nearest: Any) -> None:
        self.text = text
        self.nearest = nearest

    @property
    def plain(self) -> Any:
        """What it is where any value may stand."""
        return self.text if self.nearest is None else self.nearest


class OddMoments:
    """Has a cursor read such values as `OddMoment`, and puts in their place what a row may hold."""

    def __init__(self, cursor: psycopg.AsyncCursor[Any]) -> None:
        self._were_read = False
        for kind in _KINDS:
            info = cursor.adapters.types[kind]
            usual = cursor.adapters.get_loader(info.oid, Format.TEXT)
            if usual is not None:
                cursor.adapters.register_loader(info.oid, self._tolerant(kind, cast("type[Loader]", usual)))

    def settle(self, rows: list[dict[str, Any]], settle_row: Callable[[dict[str, Any]], None]) -> None:
        """Call `settle_row` with each row that holds such a value, if there was any since the last call."""
        if self._were_read:
            self._were_read = False
            for row in rows:
                settle_row(row)

    def _tolerant(self, kind: str, usual: type[Loader]) -> type[Loader]:
        ends = _ENDS.get(kind, (None, None))
        moments = self

        class Tolerant(Loader):
            def __init__(self, oid: int, context: Any = None) -> None:
                super().__init__(oid, context)
                self._load = usual(oid, context).load

            def load(self, data: Buffer) -> Any:
                try:
                    return self._load(data)
                except (psycopg.DataError, OverflowError, ValueError):
                    moments._were_read = True
                    text = bytes(data).decode(errors="replace")
                    nearest = ends[text.startswith("-")] if text.lstrip("-") == "infinity" else None
                    return OddMoment(text, nearest)

        return Tolerant


def as_plain(row: dict[str, Any]) -> None:
    """Put into a row, in place, what stands for values that Python cannot hold: the nearest one, or else text."""
    for name, value in row.items():
        row[name] = _plain(value)


def as_fields(row: dict[str, Any], texts: Collection[str]) -> None:
    """The same for the fields of a record type, of which those named by `texts` take text.

    Raises:
        PostgresRowError: a field takes none, and there is no nearest one.
    """
    for name, value in row.items():
        if isinstance(value, OddMoment) and name not in texts and value.nearest is None:
            raise PostgresRowError(
                f"a row cannot be read: its column {name!r} holds {shown(value.text)}, which Python's dates and times "
                "cannot; give the field the type str, which takes it as text"
            )
        row[name] = value.text if isinstance(value, OddMoment) and name in texts else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, OddMoment):
        return value.plain
    return [_plain(item) for item in value] if isinstance(value, list) else value
