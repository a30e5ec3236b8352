"""What a function or class was made with that its source does not say: captured values, defaults, what it is bound to.

Layer `_values`. Only what cannot change counts of what is captured: a list that a function appends to is its state, not
what it is made of.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from types import CodeType, FunctionType, MethodType
from typing import Any, Final

import msgspec

from cocoindex._keys import StablePath, Symbol

from ._canonical import builtin_encoders, canonical_bytes, pack
from ._code_bytes import code_bytes
from ._encode_functions import cell_content
from ._found_by_name import is_found_by_name
from ._memo_keys import entries
from ._type_identity import type_identity

_CONTAINERS: Final = frozenset({tuple, frozenset, list, dict, set})
_FIXED: Final = (
    *(builtin_encoders.keys() - _CONTAINERS),
    complex,
    type(...),
    range,
    re.Pattern,
    Symbol,
    StablePath,
    Enum,
)
_FIXED_OF_LIBRARY: Final = {
    "datetime": ("date", "datetime", "time", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "uuid": ("UUID",),
    "zoneinfo": ("ZoneInfo",),
}
_DEEPEST: Final = 20
_STORES: Final = frozenset({"STORE_DEREF", "DELETE_DEREF"})


def made_of(fn: Callable[..., Any], *, tracks_called: bool = True) -> bytes:
    """What `fn`, and all that it wraps, captured and has as defaults; empty where that is nothing.

    It never raises: of a value without a content that stays, its type counts.

    Args:
        tracks_called: whether a marked function that was captured counts by what it is made of, or by its name.
    """
    layers = [*_layers(fn)]
    parts = [part for layer in layers for part in _parts_of(layer, layers, tracks_called)]
    return b"".join(parts)


def class_content(cls: type) -> bytes:
    """What a class has in it, for one that does not go by its name: others have the same."""
    parts = [type_identity(base) for base in cls.__bases__ if base is not object]
    for name, value in sorted(vars(cls).items()):
        function = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
        if isinstance(function, FunctionType):
            if not function.__code__.co_filename.startswith("<"):  # not one that a decorator generated
                parts += (pack(name), _describe(function, 0))
        elif not name.startswith("__") and _is_fixed(value):
            parts += (pack(name), _describe(value, 0))
    return b"".join(parts)


def _layers(fn: Any) -> Iterator[Any]:
    """The function, what it wraps, and so on inwards."""
    seen: list[Any] = []
    while fn is not None and not any(fn is other for other in seen):
        seen.append(fn)
        yield fn
        fn = getattr(fn, "__wrapped__", None) or getattr(fn, "__func__", None) or getattr(fn, "func", None)


def _parts_of(layer: Any, layers: list[Any], tracks_called: bool) -> Iterator[bytes]:
    if not isinstance(layer, FunctionType):
        return
    for label, values in (("defaults", layer.__defaults__ or ()), ("kwdefaults", layer.__kwdefaults__ or {})):
        if values:
            yield pack(label) + _content(values)
    assigned = _assigned(layer.__code__) if layer.__closure__ else ()
    for name, cell in zip(layer.__code__.co_freevars, layer.__closure__ or (), strict=False):
        value = cell_content(cell)
        if value is not ... and name not in assigned and not any(value is other for other in layers):
            marked = getattr(type(value), "__coco_made_of__", None)
            yield pack(name) + (_describe(value, 0) if marked is None else marked(value, tracks_called))


def _content(value: Any) -> bytes:
    """The whole content, of a default value; what it is made of, where it has none."""
    try:
        return canonical_bytes(value)
    except BaseException:  # whatever code of the user raises
        values = value.values() if isinstance(value, dict) else value
        return b"".join(_describe(each, 0) for each in values)


def _assigned(code: CodeType) -> set[str]:
    """The captured variables that the function itself assigns: its state."""
    import dis

    found: set[str] = set()
    waiting = [code]
    while waiting:
        code = waiting.pop()
        found.update(str(step.argval) for step in dis.get_instructions(code) if step.opname in _STORES)
        waiting += [const for const in code.co_consts if isinstance(const, CodeType)]
    return found


def _describe(value: Any, depth: int) -> bytes:
    """A captured value: its content where that cannot change, what it is made of, or its type."""
    if depth < _DEEPEST:
        try:
            found = _parts(value, depth + 1)
        except BaseException:  # whatever code of the user raises
            found = None
        if found is not None:
            return found
    return b"\xc1?" + type_identity(type(value))


def _parts(value: Any, depth: int) -> bytes | None:
    kind = type(value)
    if kind is tuple or kind is frozenset or _is_frozen_record(kind):
        head = b"\xc1(" + type_identity(kind)
        if kind is frozenset:
            return head + b"".join(sorted(_describe(item, depth) for item in value))
        items = value if isinstance(value, tuple) else [getattr(value, name) for name in _field_names(kind)]
        return head + pack(len(items)) + b"".join([_describe(item, depth) for item in items])
    if isinstance(value, FunctionType):
        return _function(value, depth)
    if isinstance(value, type):
        return b"\xc1c" + type_identity(value)
    if isinstance(value, MethodType):
        return b"\xc1B" + _describe(value.__func__, depth) + _describe(value.__self__, depth)
    if isinstance(value, functools.partial):
        described = [_describe(part, depth) for part in (value.func, *value.args, *value.keywords.values())]
        return b"\xc1P" + pack((len(value.args), list(value.keywords))) + b"".join(described)
    marked = getattr(kind, "__coco_made_of__", None)
    if marked is not None:
        content: bytes = marked(value, True)
        return content
    if isinstance(getattr(value, "__wrapped__", None), FunctionType):
        return b"\xc1W" + _describe(value.__wrapped__, depth)
    return b"\xc1v" + canonical_bytes(value) if _is_fixed(value) else None


def _function(fn: FunctionType, depth: int) -> bytes:
    name = b"\xc1n" + pack((fn.__module__, fn.__qualname__))
    if is_found_by_name(fn):
        return name
    captured = [cell_content(cell) for cell in fn.__closure__ or ()]
    values = (*(fn.__defaults__ or ()), *(fn.__kwdefaults__ or {}).values(), *captured)
    return b"\xc1F" + name + pack(code_bytes(fn.__code__)) + b"".join([_describe(each, depth) for each in values])


def _is_fixed(value: Any) -> bool:
    """Whether the content of a value stays as it is, or it says itself what it is."""
    kind = type(value)
    if isinstance(value, _FIXED) or kind.__name__ in _FIXED_OF_LIBRARY.get(kind.__module__, ()):
        return True
    if kind.__module__.startswith("pathlib") or type(value) is type(len):
        return True
    return callable(getattr(kind, "__coco_memo_key__", None)) or any(base in entries for base in kind.__mro__)


def _is_frozen_record(kind: type) -> bool:
    if issubclass(kind, msgspec.Struct):
        return bool(kind.__struct_config__.frozen)
    params = getattr(kind, "__dataclass_params__", None)
    return bool(params is not None and params.frozen) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def _field_names(kind: type) -> tuple[str, ...]:
    names: Iterable[str] = getattr(kind, "__struct_fields__", ()) or getattr(kind, "__dataclass_fields__", ())
    return tuple(names)
