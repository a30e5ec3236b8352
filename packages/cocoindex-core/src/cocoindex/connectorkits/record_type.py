"""The fields of a record type of any kind, with their annotations.

Layer: connectorkits. Imports neither pydantic nor any other optional library of record types.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple, NotRequired, Required, Union, get_args, get_origin

from ..errors import CocoIndexError
from ._record_hints import record_class, record_hints, record_name

__all__ = ["FieldType", "field_type", "is_record_type", "record_fields"]

_QUALIFIERS = (Required, NotRequired)


class FieldType(NamedTuple):
    """The parts of an annotation.

    Attributes:
        base: the inner type, without `Annotated`, aliases, `NewType` and, if one other type remains, `None`.
        nullable: whether None is a valid value.
        metadata: the metadata of `Annotated`, innermost first.
    """

    base: Any
    nullable: bool
    metadata: tuple[Any, ...]


def is_record_type(cls: object) -> bool:
    """Whether `cls` is a dataclass, NamedTuple, msgspec Struct or pydantic model (the class, not an instance)."""
    return isinstance(cls, type) and _field_names(cls) is not None


def record_fields(record_type: type[Any], error: type[CocoIndexError]) -> dict[str, Any]:
    """Return the annotations of the fields, by name and in order.

    Args:
        record_type: a dataclass, NamedTuple, msgspec Struct, pydantic model or TypedDict; a generic one can have type
            arguments, such as `Row[int]`.
        error: raised if it is none of these, has no fields, or has an annotation that cannot be resolved.
    """
    cls = record_class(record_type)
    names: Iterable[str] | None = _field_names(cls) if isinstance(cls, type) else None
    if typing.is_typeddict(cls):
        names = cls.__annotations__
    if names is None:
        raise error(
            "columns are read from a dataclass, NamedTuple, msgspec Struct or pydantic model (or a TypedDict), not "
            f"from {record_type!r}; or define them one by one"
        )
    annotations = _annotations(record_type, error)
    optional = getattr(cls, "__optional_keys__", ()) if typing.is_typeddict(cls) else ()
    return {name: _perhaps(annotations[name], name in optional) for name in names}


def field_type(annotation: Any) -> FieldType:
    """Return the parts of an annotation. A union of several types other than None is returned unchanged."""
    nullable, metadata = False, ()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            metadata = (*annotation.__metadata__, *metadata)
            annotation = annotation.__origin__
        elif origin in _QUALIFIERS:
            nullable = nullable or origin is NotRequired
            (annotation,) = get_args(annotation)
        elif origin in (Union, types.UnionType):
            members = [member for member in get_args(annotation) if member is not types.NoneType]
            nullable = nullable or len(members) < len(get_args(annotation))
            if len(members) != 1:
                return FieldType(annotation, nullable, metadata)
            annotation = members[0]
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif type(alias := origin or annotation).__name__ == "TypeAliasType":  # `type X = ...`, also as `X[int]`
            annotation = _aliased(alias, get_args(annotation))
        else:
            return FieldType(annotation, nullable, metadata)


def _aliased(alias: Any, arguments: tuple[Any, ...]) -> Any:
    """Return the value of a type alias with these arguments; in numpy 2.5, `NDArray[np.float32]` is such an alias."""
    value = alias.__value__
    given = dict(zip(alias.__type_params__, arguments, strict=False))
    if value in alias.__type_params__:
        return given.get(value, value)
    open_ones = getattr(value, "__parameters__", ())
    return value[tuple(given.get(each, each) for each in open_ones)] if open_ones and given else value


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


def _perhaps(annotation: Any, is_optional: bool) -> Any:
    """Return the annotation, as `NotRequired` if a TypedDict may omit the key (`total=False`)."""
    if not is_optional or get_origin(annotation) in _QUALIFIERS:
        return annotation
    return NotRequired[annotation]


def _annotations(record_type: type[Any], error: type[CocoIndexError]) -> dict[str, Any]:
    try:
        return record_hints(record_type)
    except NameError as cause:
        raise error(
            f"an annotation of {record_name(record_type)} cannot be resolved: {cause}; define the type and what its "
            "annotations name at module level, or leave out `from __future__ import annotations`"
        ) from cause
