"""The annotations of a record type, with the type arguments of a generic one such as `Row[int]` filled in.

Layer: connectorkits.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin

__all__ = ["record_class", "record_hints", "record_name"]

_Given = Mapping[Any, Any]


def record_class(record_type: Any) -> Any:
    """Return the class of a generic alias such as `Row[int]`; any other class is returned unchanged."""
    return get_origin(record_type) or record_type


def record_name(record_type: Any) -> str:
    """Return the name of a record type for messages."""
    name: str | None = getattr(record_type, "__qualname__", None)
    return name if isinstance(record_type, type) and name else repr(record_type).removeprefix("__main__.")


def record_hints(record_type: Any) -> dict[str, Any]:
    """Return the annotations of all fields, including those of base classes; raise NameError for an unknown name."""
    cls = record_class(record_type)
    if getattr(cls, "__pydantic_generic_metadata__", None) is None:
        return _of_class(cls, _given(cls, record_type))
    found = typing.get_type_hints(cls, include_extras=True)
    if any((getattr(each, "__pydantic_generic_metadata__", None) or {}).get("args") for each in cls.__mro__):
        # For `Model[int]`, only pydantic knows the types that replace the type variables.
        found |= {name: _of_pydantic(field) for name, field in cls.__pydantic_fields__.items()}
    return found


def _of_class(cls: Any, given: _Given) -> dict[str, Any]:
    hints = typing.get_type_hints(cls, include_extras=True)
    bases = [base for base in cls.__dict__.get("__orig_bases__", ()) if get_args(base)]
    if not given and not bases and all(base is object or not _is_generic(base) for base in cls.__bases__):
        return hints
    found: dict[str, Any] = {}
    for base in reversed(cls.__dict__.get("__orig_bases__", cls.__bases__)):
        origin = record_class(base)
        if isinstance(origin, type) and origin not in (object, typing.Generic, typing.Protocol):
            arguments = {variable: _filled(value, given) for variable, value in _given(origin, base).items()}
            found |= {name: hint for name, hint in _of_class(origin, arguments).items() if name in hints}
    # The own annotations of a TypedDict include those of its bases.
    own = [name for name in inspect.get_annotations(cls) if name not in found or not typing.is_typeddict(cls)]
    found |= {name: _filled(hints[name], given) for name in own}
    return {name: found.get(name, hint) for name, hint in hints.items()}


def _is_generic(cls: Any) -> bool:
    return bool(getattr(cls, "__orig_bases__", ()))


def _given(cls: Any, alias: Any) -> dict[Any, Any]:
    return dict(zip(getattr(cls, "__parameters__", ()), get_args(alias), strict=False))


def _filled(annotation: Any, given: _Given) -> Any:
    if isinstance(annotation, TypeVar):
        return given.get(annotation, annotation)
    open_ones = getattr(annotation, "__parameters__", ())
    if not given or not open_ones or isinstance(annotation, type):
        return annotation
    return annotation[tuple(given.get(each, each) for each in open_ones)]


def _of_pydantic(field: Any) -> Any:
    annotation = field.annotation
    for item in field.metadata:
        annotation = Annotated[annotation, item]
    return annotation
