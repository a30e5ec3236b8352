"""What a class adds to the fields of a stored value: defaults, and the code of its constructor.

Layer `_values`. The names and types of the fields do not show these, but a restored value depends on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any, Final

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
    functions = dict(_constructors_of(kind))
    found |= functions
    used = {name for function in functions.values() for name in _names_in(function.__code__)}
    for name in used:
        value = getattr(kind, name, None)
        if isinstance(value, _PLAIN) and name not in found and _is_of_class(kind, name):
            found[name] = value
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
    for attribute in ("__pydantic_fields__", "__private_attributes__"):
        fields = getattr(kind, attribute, None)
        for name, field in fields.items() if isinstance(fields, dict) else ():
            yield name, field.default
            yield f"{name}()", field.default_factory


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


def _is_generated(name: str, function: FunctionType) -> bool:
    """Return whether a decorator generated it from the fields."""
    return name in ("__new__", "__init__") and function.__code__.co_filename.startswith(_GENERATED_IN)


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _is_of_class(kind: type, name: str) -> bool:
    """Return whether a user's class has the attribute."""
    return any(name in vars(base) for base in kind.__mro__ if base.__module__.partition(".")[0] not in _LIBRARIES)
