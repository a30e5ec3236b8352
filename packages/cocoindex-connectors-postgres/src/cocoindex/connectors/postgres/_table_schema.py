"""The columns and the primary key of a table, given outright or read from a record type.

Postgres connector, schema layer.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.record_type import record_fields
from cocoindex.connectorkits.table_plan import check_primary_key

from ._column import ColumnDef, PgType
from ._column_of_field import column_of_field
from ._identifier import check_name
from ._row_key import KEY_TYPES
from ._type_name import read_type
from .errors import PostgresArgumentError, PostgresRecordTypeError, PostgresSchemaError

if TYPE_CHECKING:
    from cocoindex.resources.schema import VectorSchemaProvider

__all__ = ["RowT", "TableSchema"]

RowT = TypeVar("RowT")


@dataclass
class TableSchema(Generic[RowT]):
    """The columns of a table, and which of them identify a row.

    Args:
        columns: definitions by column name.
        primary_key: names of the columns that identify a row, one or more.
        row_type: the record type that the columns were read from.

    Raises:
        PostgresSchemaError: (a ValueError) the primary key is empty or names no column, or a name or a type is none.
        PostgresArgumentError: (a TypeError) something in a `ColumnDef` is of the wrong kind.
    """

    columns: dict[str, ColumnDef]
    primary_key: list[str]
    _: KW_ONLY
    row_type: type[RowT] | None = None

    def __post_init__(self) -> None:
        _check_columns(self.columns)
        _check_primary_key(self.columns, self.primary_key)

    @classmethod
    async def from_class(
        cls,
        record_type: type[RowT],
        primary_key: list[str],
        *,
        column_overrides: Mapping[str, PgType | VectorSchemaProvider] | None = None,
    ) -> TableSchema[RowT]:
        """Read the columns from the fields of a record type.

        Args:
            record_type: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict. A field annotated
                `T | None` may be NULL. `Annotated[T, ...]` may carry a `PgType`, or what provides a vector schema: a
                `VectorSchema`, an embedder, or a `ContextKey` of one (then call this inside a component).
            primary_key: names of the fields that identify a row.
            column_overrides: the same, by field name, in place of the annotation.

        Raises:
            PostgresSchemaError: (a ValueError) a field's type has no PostgreSQL type, or `column_overrides` or
                `primary_key` name no field.
            PostgresRecordTypeError: (a TypeError too) `record_type` is none of these.
        """
        overrides = {} if column_overrides is None else column_overrides
        if not isinstance(overrides, Mapping):
            raise PostgresArgumentError(f"column_overrides is a dict of types by field name, not {shown(overrides)}")
        fields = record_fields(record_type, PostgresRecordTypeError)
        unknown = [name for name in overrides if name not in fields]
        if unknown:
            raise PostgresSchemaError(
                f"column_overrides names {_list(unknown)}, which {record_type.__qualname__} does not have; its fields "
                f"are {_list(fields)}"
            )
        columns = {
            name: await column_of_field(f"{record_type.__qualname__}.{name}", annotation, overrides.get(name))
            for name, annotation in fields.items()
        }
        return cls(columns, primary_key, row_type=record_type)


def _check_columns(columns: Mapping[str, ColumnDef]) -> None:
    if not isinstance(columns, Mapping):
        raise PostgresSchemaError(
            f"columns are a dict of ColumnDef by name, not {shown(columns)}; to read them from a class, use"
            " await TableSchema.from_class(...)"
        )
    if not columns:
        raise PostgresSchemaError("a table needs one column or more")
    for name, column in columns.items():
        check_name("column", name)
        if not isinstance(column, ColumnDef) or not isinstance(column.type, str):
            raise PostgresSchemaError(
                f"the column {name!r} is described by a ColumnDef with a str type, not {shown(column)}"
            )
        if not isinstance(column.nullable, bool):
            raise PostgresArgumentError(
                f"nullable= of the column {name!r} is True or False, not {shown(column.nullable)}"
            )
        if column.encoder is not None and (not callable(column.encoder) or inspect.iscoroutinefunction(column.encoder)):
            raise PostgresArgumentError(
                f"encoder= of the column {name!r} is a sync function, not {shown(column.encoder)}"
            )
        try:
            read_type(column.type)
        except ValueError as error:
            raise PostgresSchemaError(f"the column {name!r}: {error}") from None


def _check_primary_key(columns: Mapping[str, ColumnDef], primary_key: list[str]) -> None:
    check_primary_key(columns, primary_key, PostgresSchemaError)
    for name in primary_key:
        found = read_type(columns[name].type).of_values
        if found.is_of_pgvector:
            raise PostgresSchemaError(f"the primary key column {name!r} is a vector, which identifies no row")
        if found.base.endswith("]") or found.base == "json":
            raise PostgresSchemaError(
                f"the primary key column {name!r} has the type {columns[name].type}, of which it is not known which "
                f"values PostgreSQL calls equal; a key is one of {', '.join(KEY_TYPES)}, or an enum"
            )


def _list(names: Iterable[object]) -> str:
    return ", ".join(map(repr, names))
