"""The content of a class that is not identified by its name: made by a function, a loop or `type()`.

Layer `_values`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from types import FunctionType, MemberDescriptorType
from typing import Any, Final

from ._canonical import canonical_bytes, pack
from ._changed_captures import changed_values
from ._describe import Description
from ._type_identity import type_identity

# What a decorator generates (dataclass, attrs, namedtuple) follows from the fields.
_GENERATED: Final = frozenset(
    {"__new__", "__init__", "__repr__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__"}
    | {"__setattr__", "__delattr__", "__getstate__", "__setstate__", "__replace__"}
)
_GENERATED_IN: Final = ("<string>", "<attrs generated")  # and not what was typed into a shell or notebook
# Where what wraps a function (a property, a cache, a marked function) keeps it.
_WRAPPED: Final = ("__func__", "__wrapped__", "fget", "fset", "fdel", "func", "wrapped")


def class_content(cls: type) -> bytes:
    """Return the methods, attributes, defaults of fields, bases and metaclass of `cls` as bytes.

    It never raises: a value whose content cannot be read counts by its type.
    """
    kinds = [type(cls), *(base for base in cls.__bases__ if base is not object)]
    held = sorted((name, value) for name, value in vars(cls).items() if _counts(name, value))
    functions = [function for _, value in held for function in _functions_in(value)]
    see = Description(lambda: set().union(*map(changed_values, functions)))
    parts = [*map(type_identity, kinds), *(see.of(default) for default in _defaults_of(cls))]
    return b"".join([*parts, *(pack(name) + _held(value, see) for name, value in held)])


def _counts(name: str, value: object) -> bool:
    if not isinstance(value, FunctionType):
        return name == "__slots__" or not name.startswith("__") or any(True for _ in _functions_in(value))
    return name not in _GENERATED or not value.__code__.co_filename.startswith(_GENERATED_IN)


def _held(value: Any, see: Description) -> bytes:
    """Return one attribute of the class as bytes: the functions that it wraps, or its content."""
    if functions := list(_functions_in(value)):
        return pack(type(value).__qualname__) + b"".join(map(see.of, functions)) + see.of(_given(value))
    if isinstance(value, MemberDescriptorType):
        return b"\xc1s"  # one of the slots
    try:
        return canonical_bytes(value)
    except BaseException:  # whatever code of the user raises
        return see.of(value)


def _functions_in(value: Any, depth: int = 0) -> Iterator[FunctionType]:
    """Yield the functions that a class attribute is, or wraps at any depth."""
    if isinstance(value, FunctionType):
        yield value
    elif not isinstance(value, type) and depth < 5:
        for name in _WRAPPED:
            inner = _attribute(value, name)
            if inner is not None:
                yield from _functions_in(inner, depth + 1)
        if isinstance(value, functools.singledispatchmethod):
            for function in value.dispatcher.registry.values():
                yield from _functions_in(function, depth + 1)


def _given(value: Any) -> Any:
    """Return the arguments that a wrapper adds to its function."""
    is_partial = isinstance(value, functools.partial | functools.partialmethod)
    return (value.args, value.keywords) if is_partial else ()


def _defaults_of(cls: type) -> Iterator[Any]:
    fields, defaults = getattr(cls, "__dataclass_fields__", None), getattr(cls, "__struct_defaults__", None)
    # A metaclass has descriptors of these names: what they describe is in its classes.
    for field in fields.values() if isinstance(fields, dict) else ():
        yield from (_attribute(field, "default"), _attribute(field, "default_factory"))
    for default in defaults if isinstance(defaults, tuple) else ():
        yield getattr(default, "factory", default)


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except BaseException:  # a descriptor of the user's
        return None
