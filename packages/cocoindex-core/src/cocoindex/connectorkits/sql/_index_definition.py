"""Validates the declaration of a vector index.

Layer: connectorkits. Each connector says which options its indexes have; the messages are the same everywhere.
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
    """Checks the arguments of a vector index that a program declares.

    Args:
        schema: the schema of the table.
        table: the name of the table in messages.
        column: the name of the column.

    Attributes:
        where: the name of the index in messages.
        type: the type of the column.

    Raises:
        the `errors.schema`: (a ValueError) the table has no such column.
    """

    def __init__(self, schema: TableSchema[Any, Any], table: str, column: str) -> None:
        self._errors: SqlErrors = schema.types.errors
        self.where = f"the vector index on the column {column!r} of the table {table!r}"
        if column not in schema.columns:
            raise self.unfit(f"there is no such column, only {', '.join(map(repr, schema.columns))}")
        self.type: str = schema.columns[column].type

    def unfit(self, why: str) -> Exception:
        """Return the exception to raise for an invalid index; `why` is the reason."""
        return self._errors.schema(f"{self.where}: {why}")

    def check_choice(self, what: str, value: object, choices: Sequence[str]) -> None:
        """Raise the `errors.schema` unless `value` is one of `choices`; `what` names the option in the message."""
        if value not in choices:
            raise self.unfit(f"the {what} is one of {', '.join(map(repr, choices))}, not {shown(value)}")

    def options(
        self, given: Mapping[str, int | None], limits: Mapping[str, tuple[int, int | None]], of: str = "the index"
    ) -> dict[str, int]:
        """Return the options that are not None.

        Args:
            given: all options; None for those that the program leaves out.
            limits: the minimum and the maximum (None for no maximum) of each option that exists.
            of: what the options belong to, in messages.

        Raises:
            the `errors.schema`: an option does not exist, is not an int, or is out of its limits.
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
