"""The identity of a captured value: its present content, its construction, or, if neither is known, its type.

Layer `_values`.
"""

from __future__ import annotations

import functools
import re
import sys
from collections import deque
from collections.abc import Callable
from enum import Enum
from types import FunctionType, MethodType
from typing import Any, Final

import msgspec

from cocoindex._keys import StablePath, Symbol

from ._canonical import builtin_encoders, canonical_bytes, pack
from ._code_bytes import code_bytes
from ._encode_functions import cell_content
from ._found_by_name import is_found_by_name
from ._hash16 import hash16
from ._memo_keys import entries
from ._type_identity import type_identity

_FIXED: Final = (
    *(builtin_encoders.keys() - {tuple, frozenset, list, dict, set, bytearray}),
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


class Description:
    """Describes captured values; each mutable object is read once.

    Args:
        changed: returns the `id` of values that are state, which count by their type; called at the first such value.
    """

    __slots__ = ("_changed", "_depth", "_find_changed", "_seen")

    def __init__(self, changed: Callable[[], set[int]] = set) -> None:
        self._find_changed = changed
        self._changed: set[int] | None = None
        self._depth = 0
        self._seen: dict[int, bytes] = {}

    def of(self, value: Any) -> bytes:
        """Return the description of a value. It never raises: a value that cannot be read counts by its type."""
        found = None
        if self._depth < _DEEPEST:
            self._depth += 1
            try:
                found = self._parts(value)
            except BaseException:  # whatever code of the user raises
                found = None
            finally:
                self._depth -= 1
        return b"\xc1?" + type_identity(type(value)) if found is None else found

    def _parts(self, value: Any) -> bytes | None:
        kind = type(value)
        if kind is tuple or kind is frozenset or is_frozen_record(kind):
            return self._record(value, kind)
        if isinstance(value, FunctionType):
            return self._function(value)
        if isinstance(value, type):
            return b"\xc1c" + type_identity(value)
        if isinstance(value, MethodType):
            return b"\xc1B" + self.of(value.__func__) + self.of(value.__self__)
        if isinstance(value, functools.partial):
            described = [self.of(part) for part in (value.func, *value.args, *value.keywords.values())]
            return b"\xc1P" + pack((len(value.args), list(value.keywords))) + b"".join(described)
        marked = getattr(kind, "__coco_made_of__", None)
        if marked is not None:
            content: bytes = marked(value, True)
            return content
        if isinstance(getattr(value, "__wrapped__", None), FunctionType):
            return b"\xc1W" + self.of(value.__wrapped__)
        if is_fixed(value):
            return b"\xc1v" + canonical_bytes(value)
        return self._changeable(value, kind)

    def _record(self, value: Any, kind: type) -> bytes:
        head = b"\xc1(" + type_identity(kind)
        if kind is frozenset:
            return head + b"".join(sorted(map(self.of, value)))
        items = value if isinstance(value, tuple) else [getattr(value, name) for name in _field_names(kind)]
        return head + pack(len(items)) + b"".join(map(self.of, items))

    def _function(self, fn: FunctionType) -> bytes:
        name = b"\xc1n" + pack((fn.__module__, fn.__qualname__))
        if is_found_by_name(fn):
            return name
        captured = [cell_content(cell) for cell in fn.__closure__ or ()]
        values = (*(fn.__defaults__ or ()), *(fn.__kwdefaults__ or {}).values(), *captured)
        return b"\xc1F" + name + pack(code_bytes(fn.__code__)) + b"".join(map(self.of, values))

    def _changeable(self, value: Any, kind: type) -> bytes | None:
        """Describe a mutable container or record; return nothing for other objects and for a function's state."""
        look = _containers(value) or _fields(value)
        if look is None:
            return None
        if self._changed is None:
            self._changed = self._find_changed()
        if id(value) in self._changed:
            return None
        if (known := self._seen.get(id(value))) is not None:
            return known
        self._seen[id(value)] = b"\xc1@"  # what it is where it holds itself
        parts = look(self)
        self._seen[id(value)] = found = b"\xc1=" + hash16(type_identity(kind) + pack(len(parts)) + b"".join(parts))
        return found


def _containers(value: Any) -> Callable[[Description], list[bytes]] | None:
    if isinstance(value, list | deque):
        return lambda see: [see.of(item) for item in value]
    if isinstance(value, dict):
        return lambda see: sorted(see.of(key) + see.of(item) for key, item in value.items())
    if isinstance(value, set):
        return lambda see: sorted(map(see.of, value))
    return (lambda see: [bytes(value)]) if isinstance(value, bytearray) else None


def _fields(value: Any) -> Callable[[Description], list[bytes]] | None:
    kind = type(value)
    names = _field_names(kind)
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(value, pydantic.BaseModel):
        names = tuple(vars(value))
    if not names:
        return None
    return lambda see: [pack(name) + see.of(getattr(value, name, ...)) for name in names]


def is_fixed(value: Any) -> bool:
    """Return whether the content of a value cannot change, or the value itself defines its identity."""
    kind = type(value)
    if isinstance(value, _FIXED) or kind.__name__ in _FIXED_OF_LIBRARY.get(kind.__module__, ()):
        return True
    if kind.__module__.startswith("pathlib") or type(value) is type(len):
        return True
    return callable(getattr(kind, "__coco_memo_key__", None)) or any(base in entries for base in kind.__mro__)


def is_frozen_record(kind: type) -> bool:
    """Return whether the type has named fields that cannot be assigned."""
    if issubclass(kind, msgspec.Struct):
        return bool(kind.__struct_config__.frozen)
    params = getattr(kind, "__dataclass_params__", None)
    return bool(params is not None and params.frozen) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def _field_names(kind: type) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(kind, "__struct_fields__", ()) or tuple(getattr(kind, "__dataclass_fields__", ()))
    return names
