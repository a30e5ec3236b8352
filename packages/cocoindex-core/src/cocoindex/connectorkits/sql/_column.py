"""The definition of a column: its type in the database, whether it can be NULL, and its encoder.

Layer: connectorkits. Plain data. A connector whose columns have more options defines its own class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

__all__ = ["ColumnDef", "ColumnLike", "SqlType", "TypeLike", "ValueEncoder", "VectorLike"]

ValueEncoder = Callable[[Any], Any]


class ColumnLike(Protocol):
    """The required attributes of a column definition."""

    @property
    def type(self) -> str: ...
    @property
    def nullable(self) -> bool: ...
    @property
    def encoder(self) -> ValueEncoder | None: ...


class VectorLike(Protocol):
    """The required attributes of a vector schema, such as `cocoindex.resources.schema.VectorSchema`."""

    @property
    def dtype(self) -> Any: ...
    @property
    def size(self) -> int: ...


class TypeLike(Protocol):
    """A parsed SQL type.

    `base` is the type's usual name; `modifiers` is the text in its parentheses, without spaces, such as `"10,2"`.
    """

    @property
    def base(self) -> str: ...
    @property
    def modifiers(self) -> str: ...


class ColumnDef(NamedTuple):
    """A column of a table.

    Args:
        type: the SQL type, as in `CREATE TABLE`.
        nullable: whether the column can hold NULL; ignored for primary key columns, which cannot.
        encoder: converts a value other than None to its stored form.
    """

    type: str
    nullable: bool = True
    encoder: ValueEncoder | None = None


class SqlType(NamedTuple):
    """The SQL type of a field, in `Annotated[T, SqlType("REAL")]` or in `column_overrides`.

    Args:
        type: the SQL type, as in `CREATE TABLE`.
        encoder: converts a value other than None to its stored form.
    """

    type: str
    encoder: ValueEncoder | None = None
