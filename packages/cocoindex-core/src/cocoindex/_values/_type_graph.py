"""Looks at the types that an annotation leads to: what they are made of, and the parts that have a type again.

Layer `_values`.
"""

from __future__ import annotations

import sys
import types
from abc import ABCMeta
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Final, NewType, TypeVar, Union, get_args, get_origin, get_type_hints, is_typeddict

from ._extensions import is_native
from ._restricted_pickle import is_registered

UNIONS: Final = (Union, types.UnionType)


def plain_hint(hint: Any) -> Any:
    """An annotation without what says nothing about values: `Annotated`, new names, aliases, bounds."""
    while True:
        if get_origin(hint) is Annotated or get_origin(hint) in (_REQUIRED, _NOT_REQUIRED, _READ_ONLY):
            hint = get_args(hint)[0]
        elif isinstance(hint, NewType):
            hint = hint.__supertype__
        elif isinstance(hint, TypeVar):
            hint = hint.__bound__ or (Union[hint.__constraints__] if hint.__constraints__ else Any)  # noqa: UP007
        elif isinstance(hint, _ALIAS):
            hint = hint.__value__
        else:
            return hint


def class_of(hint: Any) -> type | None:
    """The class that a plain annotation names, with or without type arguments; None where it names none."""
    kind = get_origin(hint) or hint
    return kind if isinstance(kind, type) else None


def is_record(kind: type) -> bool:
    """Whether objects of a class have parts that the class names: fields, members, attributes."""
    if kind.__module__ == "builtins":
        return False
    return (
        is_typeddict(kind)
        or is_model(kind)
        or is_registered(kind)
        or (is_native(kind) and not _is_library(kind) and not is_plain_subclass(kind))
    )


def is_abstract_base(kind: type) -> bool:
    """Whether a class is a user's base class of `abc`, which has no fields but may have subclasses that have."""
    return (
        type(kind) is ABCMeta
        and kind.__module__.partition(".")[0] not in sys.stdlib_module_names | {"cocoindex", "numpy"}
        and not is_record(kind)
    )


def is_model(kind: type) -> bool:
    """Whether a class is a model of pydantic."""
    return hasattr(kind, "__pydantic_validator__") and hasattr(kind, "model_fields")


def is_plain_subclass(kind: type) -> bool:
    """Whether a class derives from a container and names no fields."""
    fields = ("__dataclass_fields__", "__struct_fields__", "__attrs_attrs__", "_fields")
    return not issubclass(kind, Enum) and not any(hasattr(kind, name) for name in fields)


def _is_library(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in ("builtins", "collections", "typing", "msgspec", "enum")


def field_hints(hint: Any) -> dict[str, Any]:
    """The annotations of the fields of a record type, in their order; type arguments are put in for parameters."""
    kind = class_of(hint)
    assert kind is not None
    if is_model(kind):
        return {name: field.annotation for name, field in kind.model_fields.items()}  # type: ignore[attr-defined]
    try:
        found = get_type_hints(kind, include_extras=True)
    except Exception:  # an annotation that cannot be resolved: what it says is known, not what it means
        found = dict(getattr(kind, "__annotations__", {}))
    arguments = dict(zip(_parameters(kind), get_args(hint), strict=False))
    return {name: _put_in(found.get(name, Any), arguments) for name in field_names(kind, found)}


def field_names(kind: type, annotations: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the fields of a record type, in their order."""
    for attribute in ("__struct_fields__", "__dataclass_fields__", "_fields"):
        if hasattr(kind, attribute):
            return tuple(getattr(kind, attribute))
    if hasattr(kind, "__attrs_attrs__"):
        return tuple(field.name for field in kind.__attrs_attrs__)
    return tuple(annotations)


def _parameters(kind: type) -> tuple[Any, ...]:
    return tuple(getattr(kind, "__parameters__", ()))


def _put_in(hint: Any, arguments: dict[Any, Any]) -> Any:
    if not arguments:
        return hint
    if isinstance(hint, TypeVar):
        return arguments.get(hint, hint)
    parameters = getattr(hint, "__parameters__", ())
    try:
        return hint[tuple(arguments.get(each, each) for each in parameters)] if parameters else hint
    except TypeError:
        return hint


def _typing(name: str) -> Any:
    """A name of `typing` that only later Python versions have."""
    return getattr(sys.modules["typing"], name, ())


_ALIAS: Final[Any] = _typing("TypeAliasType")
_REQUIRED: Final = _typing("Required")
_NOT_REQUIRED: Final = _typing("NotRequired")
_READ_ONLY: Final = _typing("ReadOnly")
