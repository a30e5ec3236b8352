"""Validates the declaration of a vector index.

Layer: connectorkits. What an index of a database takes is said by its connector; the words are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cocoindex._shown import shown

from ._errors import SqlErrors

if TYPE_CHECKING:
    from ._table_schema import TableSchema

__all__ = ["IndexDefinition"]


class IndexDefinition:
    """Checks the parts of an index, as a program gives them.

    Args:
        schema: that of the table.
        table: what to call the table in messages.
        column: the name of the column.

    Attributes:
        where: what to call the index in messages.
        type: the type of the column.

    Raises:
        the `errors.schema`: (a ValueError) there is no such column.
    """

    def __init__(self, schema: TableSchema[Any, Any], table: str, column: str) -> None:
        self._errors: SqlErrors = schema.types.errors
        self.where = f"the vector index on the column {column!r} of the table {table!r}"
        if column not in schema.columns:
            raise self.unfit(f"there is no such column, only {', '.join(map(repr, schema.columns))}")
        self.type: str = schema.columns[column].type

    def unfit(self, why: str) -> Exception:
        """What to raise where there can be no such index."""
        return self._errors.schema(f"{self.where}: {why}")

    def check_choice(self, what: str, value: object, choices: Sequence[str]) -> None:
        """Raise where `value`, which is the `what`, is none of these."""
        if value not in choices:
            raise self.unfit(f"the {what} is one of {', '.join(map(repr, choices))}, not {shown(value)}")

    def options(
        self, given: Mapping[str, int | None], limits: Mapping[str, tuple[int, int | None]], of: str = "the index"
    ) -> dict[str, int]:
        """Those of the options that are given.

        Args:
            given: all of them, None where a program leaves one out.
            limits: the least and the most, if any, of each that there is.
            of: what has these options, in messages.

        Raises:
            the `errors.schema`: one is no int in its limits, or there is no such option.
        """
        found = {name: value for name, value in given.items() if value is not None}
        for name, value in found.items():
            if name not in limits:
                raise self.unfit(f"{name} is not an option of {of}; leave it out, or choose another method")
            least, most = limits[name]
            if (
                not isinstance(value, int)
                or isinstance(value, bool)
                or value < least
                or (most is not None and value > most)
            ):
                allowed = f"of {least} or more" if most is None else f"from {least} to {most}"
                raise self.unfit(f"{name} is an int {allowed}, not {shown(value)}")
        return found
