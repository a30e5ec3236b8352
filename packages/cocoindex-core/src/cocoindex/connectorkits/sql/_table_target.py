"""A table whose rows a program declares.

Layer: connectorkits.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from cocoindex._shown import shown

from ..._target.declare import declare_target_state
from ..._target.state import TargetStateProvider
from ..._target.type_variables import MaybePendingS
from ._row_encoder import EncodedRow
from ._table_schema import TableSchema

if TYPE_CHECKING:
    from ._dialect import Dialect

__all__ = ["TableTarget", "check_schema"]

RowT = TypeVar("RowT")


class TableTarget(Generic[RowT, MaybePendingS]):
    """A table whose rows a program declares.

    A connector derives its own class from this one and `coco.ResolvesTo`, and sets `dialect`.

    Args:
        provider: the provider of the rows, as `coco.mount_target(table_target(...))` returns it.
        table_schema: the schema that the table was declared with.
        table_name: the name of the table in messages.
        options: the connector's further options that the table was declared with.
    """

    __slots__ = ("_encoder", "_name", "_provider", "_schema")

    dialect: ClassVar[Dialect[Any, Any, Any, Any, Any]]

    def __init__(
        self,
        provider: TargetStateProvider[EncodedRow, None, MaybePendingS],
        table_schema: TableSchema[RowT, Any],
        *,
        table_name: str = "",
        **options: Any,
    ) -> None:
        dialect = self.dialect
        if not isinstance(provider, TargetStateProvider):
            raise dialect.errors.argument(
                f"TableTarget() takes the result of `await coco.mount_target({dialect.name}.table_target(...))`, not "
                f"{shown(provider)}"
            )
        check_schema(dialect, table_name, table_schema)
        self._provider: TargetStateProvider[EncodedRow, None, MaybePendingS] = provider
        self._schema = table_schema
        self._name = table_name
        self._encoder = dialect.encoder(table_name, table_schema, dialect.record_of(table_schema, "system", **options))

    def declare_row(self: TableTarget[RowT], *, row: RowT) -> None:
        """Declare a row of the table; it is deleted when a later run no longer declares it.

        Args:
            row: a dict, dataclass, NamedTuple, msgspec Struct or pydantic model with the table's columns. A dict may
                omit nullable columns outside the primary key; they are then NULL.

        Raises:
            the connector's row error: (a ValueError) the row cannot be stored; the message names table, column and key.
        """
        key, value = self._encoder.encode(row)
        declare_target_state(self._provider.target_state(key, value))

    def __coco_memo_key__(self) -> object:
        return self._provider.memo_key, self._encoder.memo_key


def check_schema(dialect: Dialect[Any, Any, Any, Any, Any], table: object, schema: object) -> None:
    """Raise `errors.argument` if `schema` is not a table schema of this connector."""
    if isinstance(schema, TableSchema) and schema.types is dialect.types:
        return
    if inspect.iscoroutine(schema):
        schema.close()
    raise dialect.errors.argument(
        f"the schema of the table {table!r} must be a {dialect.name}.TableSchema, as "
        f"`await {dialect.name}.TableSchema.from_class(...)` returns it, not {shown(schema)}"
    )
