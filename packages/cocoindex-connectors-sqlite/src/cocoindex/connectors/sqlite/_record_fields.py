"""The fields of a record type with their annotations, whatever kind of record type it is.

SQLite connector, schema layer: imports neither pydantic nor anything else that a record may come from.
"""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

from cocoindex.errors import SqliteSchemaError

__all__ = ["is_record_type", "record_fields"]


def is_record_type(cls: object) -> bool:
    """Whether `cls` is a dataclass, NamedTuple, msgspec Struct or pydantic model (the class, not an instance)."""
    return isinstance(cls, type) and _field_names(cls) is not None


def record_fields(record_type: type[Any]) -> dict[str, Any]:
    """The annotations of the fields, by name and in order.

    Raises:
        SqliteSchemaError: it is no record type, has no fields, or an annotation cannot be resolved.
    """
    names = _field_names(record_type) if isinstance(record_type, type) else None
    if names is None:
        raise SqliteSchemaError(
            f"a table's columns are read from a dataclass, NamedTuple, msgspec Struct or pydantic model, not from "
            f"{record_type!r}; or give ColumnDefs to TableSchema(...)"
        )
    annotations = _annotations(record_type)
    return {name: annotations[name] for name in names}


def _field_names(cls: type[Any]) -> list[str] | None:
    if dataclasses.is_dataclass(cls):
        return [field.name for field in dataclasses.fields(cls)]
    names: Any
    if issubclass(cls, tuple):
        names = getattr(cls, "_fields", None)
    elif hasattr(cls, "__struct_fields__"):
        names = cls.__struct_fields__
    else:
        names = getattr(cls, "model_fields", None) if hasattr(cls, "__pydantic_fields__") else None
    return None if names is None else list(names)


def _annotations(record_type: type[Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(record_type, include_extras=True)
    except NameError as error:
        raise SqliteSchemaError(
            f"an annotation of {record_type.__qualname__} cannot be resolved: {error}; define the type and what its "
            "annotations name at module level, or leave out `from __future__ import annotations`"
        ) from error
