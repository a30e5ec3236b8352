"""Maps Python types to columns, and checks the names and types that a database allows.

Layer: connectorkits.
"""

from __future__ import annotations

import enum
import pathlib
import sys
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import KW_ONLY, dataclass, field
from types import UnionType
from typing import Any, Generic, Literal, Union, get_args, get_origin

from cocoindex._shown import shown

from ..record_type import is_record_type
from ._column import ColumnDef, ColumnLike, SqlType, ValueEncoder, VectorLike
from ._errors import DEFAULT_ERRORS, SqlErrors
from ._json_text import json_text

if sys.version_info >= (3, 13):
    from typing import TypeVar
else:
    from typing_extensions import TypeVar

__all__ = ["ColumnT", "TypeMap"]

ColumnT = TypeVar("ColumnT", bound=ColumnLike, default=ColumnDef)
Found = tuple[str, ValueEncoder | None]


def _as_it_is(name: str) -> str:
    return name


def _anything(name: str, column: Any) -> None:
    pass


@dataclass(frozen=True)
class TypeMap(Generic[ColumnT]):
    """The types of one database.

    Args:
        title: the name of the database in messages, such as `"SQLite"`.
        scalars: Python classes, or tuples of them, each with its SQL type. The first entry with a base class of a
            field's class applies, so put `bool` before `int`, and `datetime` before `date`.
        json: the SQL type of values stored as JSON: lists, dicts, records, unions, and `Any`.
        json_encoder: converts such a value to its stored form.
        numpy: SQL types by the names of numpy element types.
        other: returns the SQL type and the encoder (or None) of a Python type to which the other arguments do not
            apply; returns None for all other types. It is called first.
        members_are_json: whether enums and `Literal` are stored as JSON; otherwise they have the type of their values,
            if these are all str or all int.
        column: creates a column definition from an SQL type, whether it is nullable, and an encoder (or None).
        vector: creates a column definition from a vector schema, and whether it is nullable; None if the database has
            no vector type.
        marker: the class of type markers in annotations. It unpacks to an SQL type and an encoder, like `SqlType`.
        folded: returns the same text for all column names that the database considers equal.
        check_column: raises `errors.schema` if the name or the definition of a column is invalid.
        check_type: raises `errors.schema` if the SQL type of a column is invalid.
        check_key: raises `errors.schema` if a column cannot be part of a primary key.
        errors: the exception classes to raise.
    """

    title: str
    scalars: Sequence[tuple[type | tuple[type, ...], str]]
    json: str
    _: KW_ONLY
    json_encoder: ValueEncoder = json_text
    numpy: Mapping[str, str] = field(default_factory=dict)
    other: Callable[[Any], tuple[str, ValueEncoder | None] | None] | None = None
    members_are_json: bool = False
    column: Callable[[str, bool, ValueEncoder | None], ColumnT] = ColumnDef  # type: ignore[assignment]  # the default
    vector: Callable[[VectorLike, bool], ColumnT] | None = None
    marker: type[Any] = SqlType
    folded: Callable[[str], str] = _as_it_is
    check_column: Callable[[str, ColumnT], None] = _anything
    check_type: Callable[[str], object] = _as_it_is
    check_key: Callable[[str, ColumnT], None] = _anything
    errors: SqlErrors = DEFAULT_ERRORS

    def column_of(self, where: str, python_type: Any, nullable: bool) -> ColumnT:
        """Return the column for values of `python_type`.

        Args:
            where: the name of the field in messages.
            python_type: the type, without `None`.
            nullable: whether the column can hold NULL.

        Raises:
            the `errors.schema`: the type has no SQL type.
        """
        found = self.other(python_type) if self.other is not None else None
        found = found or self._found(where, python_type)
        if found is None:
            raise self.errors.schema(
                f"{where} has the type {shown(python_type)}, which has no {self.title} type; give one by "
                f'Annotated[..., {self.marker.__name__}("...", encoder=...)] or column_overrides'
            )
        return self.column(found[0], nullable, found[1])

    @property
    def _as_json(self) -> Found:
        return self.json, self.json_encoder

    def _found(self, where: str, python_type: Any) -> Found | None:
        origin = get_origin(python_type) or python_type
        if origin is Literal:
            return self._of_values(get_args(python_type))
        if origin in (Any, object, Union, UnionType) or isinstance(origin, typing.TypeVar):
            return self._as_json
        return self._of_class(where, origin) if isinstance(origin, type) else None

    def _of_class(self, where: str, cls: type) -> Found | None:
        if cls.__module__.partition(".")[0] == "numpy" and (known := self._of_numpy(where, cls)) is not None:
            return known, None
        if is_record_type(cls) or typing.is_typeddict(cls) or (self.members_are_json and issubclass(cls, enum.Enum)):
            return self._as_json
        if (known := self._of_scalar(cls)) is not None:
            return known, None
        if issubclass(cls, enum.Enum):
            return self._of_values(member.value for member in cls)
        return self._as_json if issubclass(cls, (Mapping, Sequence, Set, pathlib.PurePath)) else None

    def _of_scalar(self, cls: type) -> str | None:
        return next((sql_type for classes, sql_type in self.scalars if issubclass(cls, classes)), None)

    def _of_values(self, values: Iterable[object]) -> Found:
        kinds = {str if isinstance(value, str) else int if isinstance(value, int) else None for value in values}
        kind = kinds.pop() if len(kinds) == 1 and not self.members_are_json else None
        known = None if kind is None else self._of_scalar(kind)
        return self._as_json if known is None else (known, None)

    def _of_numpy(self, where: str, cls: type) -> str | None:
        import numpy as np

        if issubclass(cls, np.ndarray):
            raise self.errors.schema(
                f"{where} is an array of unknown size; annotate it with what makes the vectors, as in "
                "Annotated[NDArray, EMBEDDER] or Annotated[NDArray, VectorSchema(dtype=np.float32, size=384)]"
            )
        return self.numpy.get(np.dtype(cls).name) if issubclass(cls, np.generic) else None
