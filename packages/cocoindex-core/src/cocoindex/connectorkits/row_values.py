"""Extracts the values of a row, an object of any kind, in the order of a table's columns.

Layer: connectorkits. `RowValues.of` runs for every row of a table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any

from ..errors import CocoIndexError

__all__ = ["RowValues"]


class RowValues:
    """Extracts the values from the rows of one table; everything that does not depend on the row is prepared once.

    Args:
        table: the name of the table in messages.
        columns: the names of the columns, in the order of the values.
        primary_key: the names of the columns that identify a row; also used in messages.
        optional: the names of columns that a mapping may omit; their values are then None.
        error: the exception class to raise if a row does not fit.
    """

    def __init__(
        self,
        table: str,
        columns: Sequence[str],
        *,
        primary_key: Sequence[str],
        optional: Collection[str],
        error: type[CocoIndexError],
    ) -> None:
        self._table = table
        self._columns = tuple(columns)
        self._known = frozenset(columns)
        self._key_at = [(name, self._columns.index(name)) for name in primary_key]
        self._optional = frozenset(optional)
        self._error = error
        self._attributes = _attributes(self._columns)

    def of(self, row: Any) -> tuple[Any, ...]:
        """Return the values of `row`: a mapping, or an object with an attribute for each column.

        Raises:
            the `error`: the row lacks a column, or is a mapping with a column that the table lacks.
        """
        return self._of_mapping(row) if isinstance(row, Mapping) else self._of_object(row)

    def name(self, values: Sequence[Any]) -> str:
        """Return the name of the row in messages: its primary key, as in `(id=1, lang='en')`."""
        return f"({', '.join(f'{name}={values[at]!r}' for name, at in self._key_at)})"

    def _of_object(self, row: Any) -> tuple[Any, ...]:
        try:
            return self._attributes(row)
        except AttributeError as cause:
            raise self._error(
                f"a {type(row).__qualname__} cannot be a row of the table {self._table!r}: {cause}; a row is a dict, "
                f"or an object with the attributes {', '.join(self._columns)}"
            ) from cause

    def _of_mapping(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        if len(row) == len(self._columns):
            try:
                return tuple([row[name] for name in self._columns])
            except KeyError:
                pass
        values = tuple([row.get(name) for name in self._columns])
        unknown = [name for name in row if name not in self._known]
        missing = [name for name in self._columns if name not in row and name not in self._optional]
        if unknown or missing:
            problem = f"has no column {unknown[0]!r}" if unknown else f"needs a value for the column {missing[0]!r}"
            raise self._error(
                f"the table {self._table!r} {problem}; the row {self.name(values)} has {', '.join(map(repr, row))}, "
                f"and the columns are {', '.join(map(repr, self._columns))}"
            )
        return values


def _attributes(columns: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    get: Callable[[Any], Any] = attrgetter(*columns)
    return get if len(columns) > 1 else lambda row: (get(row),)
