"""Collects unreadable rows of a source, to report them after all others were read.

Layer: connectorkits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from cocoindex.errors import CocoIndexError

__all__ = ["UnreadRow", "UnreadableRows"]

RowT = TypeVar("RowT")
_NAMED: Final = 3


class UnreadRow(dict[str, Any]):
    """A placeholder for a row with an unreadable value; `error` is the reason."""

    def __init__(self, error: CocoIndexError) -> None:
        super().__init__()
        self.error = error


class UnreadableRows:
    """Collects the unreadable rows of one iteration.

    Args:
        table: the name of the table in messages.
        error: the exception class for unreadable rows.
    """

    __slots__ = ("_count", "_error", "_first", "_table")

    def __init__(self, table: str, error: type[CocoIndexError]) -> None:
        self._table = table
        self._error = error
        self._first: list[CocoIndexError] = []
        self._count = 0

    def add(self, error: CocoIndexError) -> None:
        """Record an unreadable row."""
        self._count += 1
        if len(self._first) < _NAMED:
            self._first.append(error)

    def others(self, make: Callable[[list[dict[str, Any]]], list[RowT]], rows: list[dict[str, Any]]) -> list[RowT]:
        """Return `make(rows)` without the rows for which `make` raises the `error`; these are recorded."""
        failed = [row for row in rows if isinstance(row, UnreadRow)]
        if failed:
            for each in failed:
                self.add(each.error)
            rows = [row for row in rows if not isinstance(row, UnreadRow)]
        try:
            return make(rows)
        except self._error:
            return [row for each in rows for row in self._alone(make, each)]

    def tell(self) -> None:
        """Raise the `error` if any row was unreadable; the message names the first three."""
        if self._count == 1:
            raise self._first[0]
        if self._count:
            named = "; ".join(map(str, self._first))
            raise self._error(
                f"{self._count} rows of the table {self._table} cannot be read, such as: {named}"
            ) from self._first[0]

    def _alone(self, make: Callable[[list[dict[str, Any]]], list[RowT]], row: dict[str, Any]) -> list[RowT]:
        try:
            return make([row])
        except self._error as error:
            self.add(error)
            return []
