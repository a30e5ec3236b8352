"""The columns and the primary key of a table, given outright or read from a record type.

SQLite connector, schema layer.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.record_type import record_fields
from cocoindex.connectorkits.table_plan import check_primary_key

from ._column import ColumnDef, SqliteType
from ._column_of_field import column_of_field
from ._identifier import folded
from .errors import SqliteArgumentError, SqliteSchemaError

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
        SqliteSchemaError: (a ValueError) the primary key is empty or names no column, a name is unusable, or two
            names differ in case only, which SQLite does not tell apart.
        SqliteArgumentError: (a TypeError) `columns`, or something in a `ColumnDef`, is of the wrong kind.
    """

    columns: dict[str, ColumnDef]
    primary_key: list[str]
    _: KW_ONLY
    row_type: type[RowT] | None = None

    def __post_init__(self) -> None:
        _check_names(self.columns)
        check_primary_key(self.columns, self.primary_key, SqliteSchemaError)

    @classmethod
    async def from_class(
        cls,
        record_type: type[RowT],
        primary_key: list[str],
        *,
        column_overrides: Mapping[str, SqliteType | VectorSchemaProvider] | None = None,
    ) -> TableSchema[RowT]:
        """Read the columns from the fields of a record type.

        Args:
            record_type: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict. A field annotated
                `T | None` may be NULL. `Annotated[T, ...]` may carry a `SqliteType`, or what provides a vector
                schema: a `VectorSchema`, an embedder, or a `ContextKey` of one (then call this inside a component).
            primary_key: names of the fields that identify a row.
            column_overrides: the same, by field name, in place of the annotation.

        Raises:
            SqliteSchemaError: (a ValueError) a field's type has no SQLite type, or `column_overrides` or
                `primary_key` name no field.
        """
        overrides = {} if column_overrides is None else column_overrides
        if not isinstance(overrides, Mapping):
            raise SqliteArgumentError(f"column_overrides is a dict of types by field name, not {shown(overrides)}")
        fields = record_fields(record_type, SqliteSchemaError)
        unknown = [name for name in overrides if name not in fields]
        if unknown:
            raise SqliteSchemaError(
                f"column_overrides names {_list(unknown)}, which {record_type.__qualname__} does not have; its fields "
                f"are {_list(fields)}"
            )
        columns = {
            name: await column_of_field(f"{record_type.__qualname__}.{name}", annotation, overrides.get(name))
            for name, annotation in fields.items()
        }
        return cls(columns, primary_key, row_type=record_type)


def _check_names(columns: Mapping[str, ColumnDef]) -> None:
    if not isinstance(columns, Mapping):
        raise SqliteSchemaError(
            f"columns are a dict of ColumnDef by name, not {shown(columns)}; to read them from a class, use"
            " await TableSchema.from_class(...)"
        )
    if not columns:
        raise SqliteSchemaError("a table needs one column or more")
    seen: dict[str, str] = {}
    for name, column in columns.items():
        if not isinstance(name, str) or not name or "\0" in name:
            raise SqliteSchemaError(f"a column's name is a str that is neither empty nor holds NUL, not {shown(name)}")
        if not isinstance(column, ColumnDef) or not isinstance(column.type, str):
            raise SqliteSchemaError(
                f"the column {name!r} is described by a ColumnDef with a str type, not {shown(column)}"
            )
        _check_column(name, column)
        other = seen.setdefault(folded(name), name)
        if other != name:
            raise SqliteSchemaError(f"the columns {other!r} and {name!r} are one to SQLite, which ignores case")


def _check_column(name: str, column: ColumnDef) -> None:
    for option in ("nullable", "is_vector"):
        value = getattr(column, option)
        if not isinstance(value, bool):
            raise SqliteArgumentError(f"{option}= of the column {name!r} is True or False, not {shown(value)}")
    if column.encoder is not None and (not callable(column.encoder) or inspect.iscoroutinefunction(column.encoder)):
        raise SqliteArgumentError(f"encoder= of the column {name!r} is a sync function, not {shown(column.encoder)}")


def _list(names: object) -> str:
    return ", ".join(map(repr, names))  # type: ignore[call-overload]  # any iterable of names
