"""The columns and the primary key of a table, given outright or read from a record type.

Layer: connectorkits.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

from cocoindex._shown import shown

from .._record_hints import record_name
from ..record_type import record_fields
from ..table_plan import check_primary_key
from ._column import ColumnDef
from ._column_of_field import column_of_field
from ._names import HALF_PAIR, check_name, has_half_pair
from ._type_map import ColumnT, TypeMap

__all__ = ["RowT", "TableSchema"]

RowT = TypeVar("RowT")


@dataclass
class TableSchema(Generic[RowT, ColumnT]):
    """The columns and the primary key of a table. A connector derives its own class and sets `types`.

    Args:
        columns: column definitions by name.
        primary_key: the names of one or more columns that identify a row.
        row_type: the record type that the columns were read from, if any.

    Raises:
        the errors of `types`: the primary key is empty or names an unknown column, a name is invalid, the database
            considers two names equal, or `columns` has values that are not column definitions.
    """

    columns: dict[str, ColumnT]
    primary_key: list[str]
    _: KW_ONLY
    row_type: type[RowT] | None = None

    types: ClassVar[TypeMap[Any]]
    column_type: ClassVar[type[Any]] = ColumnDef

    def __post_init__(self) -> None:
        self._check_columns(self.columns)
        check_primary_key(self.columns, self.primary_key, self.types.errors.schema)
        for name in self.primary_key:
            self.types.check_key(name, self.columns[name])

    @classmethod
    async def from_class(
        cls,
        record_type: type[RowT],
        primary_key: list[str],
        *,
        column_overrides: Mapping[str, object] | None = None,
    ) -> Self:
        """Read the columns from the fields of a record type.

        Args:
            record_type: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict. A field annotated `T |
                None` is nullable. `Annotated[T, ...]` may contain the connector's type marker, or a provider of a
                vector schema: a `VectorSchema`, an embedder, or a `ContextKey` of one (then call this inside a
                component).
            primary_key: the names of the fields that identify a row.
            column_overrides: by field name, what `Annotated` could contain; replaces the field's annotation.

        Raises:
            the errors of `types`: a field's type has no SQL type, `column_overrides` or `primary_key` names an unknown
                field, or `record_type` is not a record type.
        """
        errors = cls.types.errors
        overrides = {} if column_overrides is None else column_overrides
        if not isinstance(overrides, Mapping):
            raise errors.argument(f"column_overrides is a dict of types by field name, not {shown(overrides)}")
        fields = record_fields(record_type, errors.record_type)
        unknown = [name for name in overrides if name not in fields]
        if unknown:
            raise errors.schema(
                f"column_overrides names {_list(unknown)}, which {record_name(record_type)} does not have; its fields "
                f"are {_list(fields)}"
            )
        where = record_name(record_type)
        columns = {
            name: await column_of_field(cls.types, f"{where}.{name}", annotation, overrides.get(name))
            for name, annotation in fields.items()
        }
        return cls(columns, primary_key, row_type=record_type)

    def _check_columns(self, columns: Mapping[str, ColumnT]) -> None:
        schema_error = self.types.errors.schema
        if not isinstance(columns, Mapping):
            raise schema_error(
                f"columns are a dict of {self.column_type.__name__} by name, not {shown(columns)}; to read them from a "
                "class, use await TableSchema.from_class(...)"
            )
        if not columns:
            raise schema_error("a table needs one column or more")
        seen: dict[str, str] = {}
        for name, column in columns.items():
            check_name("column", name, schema_error)
            if not isinstance(column, self.column_type) or not isinstance(column.type, str):
                raise schema_error(
                    f"the column {name!r} is described by a {self.column_type.__name__} with a str type, not "
                    f"{shown(column)}"
                )
            if has_half_pair(column.type):
                raise schema_error(f"the type of the column {name!r} {HALF_PAIR}: {shown(column.type)}")
            self._check_options(name, column)
            try:
                self.types.check_type(column.type)
            except self.types.errors.schema as error:
                raise self.types.errors.schema(f"the column {name!r}: {error}") from None
            self.types.check_column(name, column)
            other = seen.setdefault(self.types.folded(name), name)
            if other != name:
                raise schema_error(
                    f"the columns {other!r} and {name!r} are the same to {self.types.title}, which ignores case"
                )

    def _check_options(self, name: str, column: Any) -> None:
        error = self.types.errors.argument
        for option in column._fields:
            value = getattr(column, option)
            if option == "encoder":
                if value is not None and (not callable(value) or inspect.iscoroutinefunction(value)):
                    raise error(f"encoder= of the column {name!r} is a sync function, not {shown(value)}")
            elif option != "type" and not isinstance(value, bool):
                raise error(f"{option}= of the column {name!r} is True or False, not {shown(value)}")


def _list(names: Iterable[object]) -> str:
    return ", ".join(map(repr, names))
