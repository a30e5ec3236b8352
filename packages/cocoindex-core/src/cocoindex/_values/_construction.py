"""What a class adds to the fields of a stored value: defaults, and the code of its constructor.

Layer `_values`. The names and types of the fields do not show these, but a restored value depends on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType
from typing import Annotated, Any, Final, get_args, get_origin

from ._canonical import canonical_bytes
from ._code_bytes import code_bytes
from ._describe import Description
from ._hash16 import fast_hash16

_LIBRARIES: Final = frozenset(
    {"builtins", "typing", "enum", "collections", "abc", "msgspec", "pydantic", "attr", "attrs", "cocoindex"}
)
_CONSTRUCTORS: Final = (
    "__new__",
    "__init__",
    "__post_init__",
    "__attrs_pre_init__",
    "__attrs_post_init__",
    "model_post_init",
    "_missing_",
)
_GENERATED_IN: Final = ("<string>", "<attrs generated", "<collections")
_ABSENT: Final = frozenset({"_MISSING_TYPE", "NoDefault", "_Nothing", "NODEFAULT", "PydanticUndefinedType"})
_PLAIN: Final = (str, int, float, bool, bytes, complex, type(None), tuple, list, dict, set, frozenset)


def construction_of(kind: type) -> str:
    """Return the names of what the class adds, each with a hash; empty for most classes."""
    found = dict(_defaults_of(kind))
    waiting = dict(_constructors_of(kind))
    while waiting:
        name, function = waiting.popitem()
        found[name] = function
        for used in [] if _is_of_library(function) else _names_in(function.__code__):
            value = getattr(kind, used, None)
            value = getattr(value, "__func__", value)
            if used in found or used in waiting or not _is_of_class(kind, used):
                continue
            if isinstance(value, FunctionType):  # a method that a constructor calls
                waiting[used] = value
            elif isinstance(value, _PLAIN):
                found[used] = value
    return ",".join([f"{name}={_hashed(found[name])}" for name in sorted(found)])


def _hashed(value: Any) -> str:
    return fast_hash16(_content(value))[:8].hex()


def _content(value: Any) -> bytes:
    if isinstance(value, FunctionType):
        given = (value.__defaults__, value.__kwdefaults__, [*map(_captured, value.__closure__ or ())])
        return code_bytes(value.__code__) + Description().of(given)
    try:
        return canonical_bytes(value)
    except BaseException:  # whatever code of the user raises
        return Description().of(value)


def _captured(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return ...  # not assigned yet


def _defaults_of(kind: type) -> Iterator[tuple[str, Any]]:
    for name, default in _all_defaults_of(kind):
        if type(default).__name__ not in _ABSENT and default is not None:
            yield name, default


def _all_defaults_of(kind: type) -> Iterator[tuple[str, Any]]:
    for field in getattr(kind, "__dataclass_fields__", {}).values():
        yield field.name, field.default
        yield f"{field.name}()", None if type(field.default_factory).__name__ in _ABSENT else field.default_factory
    names, defaults = getattr(kind, "__struct_fields__", ()), getattr(kind, "__struct_defaults__", ())
    for name, default in zip(reversed(names), reversed(defaults), strict=False):
        yield name, getattr(default, "factory", default)
    if issubclass(kind, tuple):
        yield from getattr(kind, "_field_defaults", {}).items()
    for field in getattr(kind, "__attrs_attrs__", ()):
        yield field.name, getattr(field.default, "factory", field.default)
        yield f"{field.name}|", field.converter
    for name, field in _fields_of(kind, "__private_attributes__") + _fields_of(kind, "__pydantic_fields__"):
        yield name, field.default
        yield f"{name}()", field.default_factory
    for name, field in _fields_of(kind, "__pydantic_fields__"):
        for number, each in enumerate(_annotated(field.annotation, field.metadata)):
            yield f"{name}@{number}", each
    yield "model_config", getattr(kind, "model_config", None) or getattr(kind, "__pydantic_config__", None) or None


def _fields_of(kind: type, attribute: str) -> list[tuple[str, Any]]:
    fields = getattr(kind, attribute, None)
    return [*fields.items()] if isinstance(fields, dict) else []


def _constructors_of(kind: type) -> Iterator[tuple[str, FunctionType]]:
    for base in kind.__mro__:
        if base.__module__.partition(".")[0] in _LIBRARIES:
            continue
        for name in _CONSTRUCTORS:
            value = vars(base).get(name)
            function = getattr(value, "__func__", value)
            if isinstance(function, FunctionType) and not _is_generated(name, function):
                yield f"{base.__qualname__}.{name}", function
    decorators = getattr(kind, "__pydantic_decorators__", None)
    for group in ("validators", "field_validators", "root_validators", "model_validators"):
        for name, decorator in getattr(decorators, group, {}).items():
            function = getattr(decorator.func, "__func__", decorator.func)
            if isinstance(function, FunctionType):
                yield f"{name}?", function


def _annotated(hint: Any, metadata: Iterable[Any]) -> Iterator[Any]:
    """What `Annotated[...]` names at any depth of a pydantic annotation: functions of validators, and constraints."""
    for each in metadata:
        function = getattr(each, "func", None)
        yield each if function is None else getattr(function, "__func__", function)
    parts = get_args(hint)
    if get_origin(hint) is Annotated:
        yield from _annotated(parts[0], parts[1:])
    else:
        for part in parts:
            yield from _annotated(part, ())


def _is_generated(name: str, function: FunctionType) -> bool:
    """Return whether a decorator generated it from the fields, or a metaclass put the library's own there."""
    if _is_of_library(function):
        return function.__closure__ is None  # pydantic wraps the user's
    return name in ("__new__", "__init__") and function.__code__.co_filename.startswith(_GENERATED_IN)


def _is_of_library(function: FunctionType) -> bool:
    return function.__module__.partition(".")[0] in _LIBRARIES


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _is_of_class(kind: type, name: str) -> bool:
    """Return whether a user's class has the attribute."""
    return any(name in vars(base) for base in kind.__mro__ if base.__module__.partition(".")[0] not in _LIBRARIES)
