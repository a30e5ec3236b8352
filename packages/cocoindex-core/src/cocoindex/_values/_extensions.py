"""Msgpack extensions for other types: arrays, paths, pydantic models, and pickles for the rest.

Layer `_values`. Both directions of each are here.
"""

from __future__ import annotations

import sys
from collections import OrderedDict, deque
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, get_origin

import msgspec

from ._restricted_pickle import by_pickle, dump_pickle, is_harmless, is_registered, load_pickle

PICKLE, ARRAY, DTYPE, PATH, MODEL = range(1, 6)

_SCALARS: Final = (str, int, float, bytes)
_REBUILT: Final = (*_SCALARS, list, dict, set, frozenset, tuple, deque)
_CONTENT: Final[dict[type, Callable[[Any], Any]]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    bytes: lambda obj: bytes(memoryview(obj)),
}


class UnsupportedError(Exception):
    """Raised for an object that cannot be stored; the caller knows the value around it."""

    def __init__(self, obj: object, cause: str | None = None) -> None:
        self.obj = obj
        self.cause = cause


class ModelFields(dict[str, Any]):
    """The fields of a pydantic model, read before its class is known; `name` is the stored name of the class."""

    fields_set: tuple[str, ...] = ()
    name: str | None = None


def to_extension(obj: Any) -> Any:
    """Return what msgpack can store in place of `obj`."""
    kind = type(obj)
    if kind in by_pickle:
        return msgspec.msgpack.Ext(PICKLE, dump_pickle(obj))
    if kind.__module__.startswith("pathlib"):
        return msgspec.msgpack.Ext(PATH, pack((hasattr(obj, "stat"), str(obj))))
    if kind.__module__.startswith("numpy"):
        return _from_numpy(obj)
    if hasattr(kind, "__pydantic_validator__"):
        from ._exact_msgpack import pack_exact  # which imports this module

        return msgspec.msgpack.Ext(MODEL, pack_exact(_model_fields(obj)))
    if is_harmless(kind) or is_registered(kind) or (kind is type and (is_harmless(obj) or obj in by_pickle)):
        return msgspec.msgpack.Ext(PICKLE, dump_pickle(obj))
    return _plain(obj)


def from_extension(code: int, data: memoryview) -> Any:
    """Return the object of an extension; for a pydantic model, its fields."""
    if code == PICKLE:
        return load_pickle(bytes(data))
    content = _unpack(data)
    if code == PATH:
        import pathlib

        concrete, text = content
        return pathlib.Path(text) if concrete else pathlib.PurePath(text)
    if code == MODEL:
        fields = ModelFields(content[0])
        fields.fields_set = tuple(content[1])
        fields.name = content[2]
        return fields
    if code in (ARRAY, DTYPE):
        return _to_numpy(code, content)
    raise ValueError(f"it holds an extension {code}, which this version does not know")


def rebuild(hint: Any, obj: Any) -> Any:
    """Convert `obj`, read without its type, to an annotated type that msgspec does not support."""
    kind = get_origin(hint) or hint
    if not isinstance(kind, type) or isinstance(obj, kind):
        return obj
    make: Callable[[Any], Any] = kind
    if isinstance(obj, dict) and hasattr(kind, "__pydantic_validator__"):
        return _to_model(kind, obj)
    if issubclass(kind, (*_REBUILT, OrderedDict)) or kind.__module__ == "numpy":
        return make(obj)
    if isinstance(obj, str) and issubclass(kind, _path_type()):
        return make(obj)
    raise TypeError(f"expected {kind.__qualname__}, got {type(obj).__qualname__}")


def tells_its_type(hint: Any) -> bool:
    """Return whether stored values of this type contain their type, whatever they are read as."""
    kind = get_origin(hint) or hint
    if not isinstance(kind, type):
        return False
    by_itself = kind in by_pickle or (is_registered(kind) and not is_native(kind))
    return _is_model(kind) or by_itself or kind.__module__ == "numpy" or issubclass(kind, _path_type())


def is_of(value: Any, hint: Any) -> bool:
    """Return whether a value that was read without a type has such a type."""
    kind = get_origin(hint) or hint
    return value.name == kind.__qualname__ if isinstance(value, ModelFields) else isinstance(value, kind)


def is_native(kind: type) -> bool:
    """Return whether msgspec stores objects of this class by their fields."""
    return (
        hasattr(kind, "__dataclass_fields__")
        or hasattr(kind, "__attrs_attrs__")
        or issubclass(kind, msgspec.Struct | tuple | list | dict | set | frozenset | Enum)
    )


def _is_model(kind: type) -> bool:
    return hasattr(kind, "__pydantic_validator__") and hasattr(kind, "model_fields")


def _plain(obj: Any) -> Any:
    """Return the content of an object whose class derives from a plain type."""
    for base in type(obj).__mro__:
        if base in _CONTENT:
            return _CONTENT[base](obj)
    raise UnsupportedError(obj)


def _path_type() -> type:
    pathlib = sys.modules.get("pathlib")
    return UnsupportedError if pathlib is None else pathlib.PurePath  # no object is a path before pathlib is imported


def _from_numpy(obj: Any) -> Any:
    import numpy as np

    if isinstance(obj, np.dtype):
        return msgspec.msgpack.Ext(DTYPE, pack([_dtype_content(obj, obj)]))
    if isinstance(obj, np.generic) and obj.dtype.kind in "biufSU" and not isinstance(obj.item(), np.generic):
        return obj.item()
    if type(obj) in (np.ndarray, np.memmap) or isinstance(obj, np.generic):
        scalar = isinstance(obj, np.generic)
        return msgspec.msgpack.Ext(ARRAY, pack([_dtype_content(obj, obj.dtype), obj.shape, obj.tobytes(), scalar]))
    raise UnsupportedError(obj)


def _to_numpy(code: int, content: Any) -> Any:
    import numpy as np

    dtype = np.lib.format.descr_to_dtype(_tuples(content[0]))
    if code == DTYPE:
        return dtype
    array = np.ndarray(tuple(content[1]), dtype, bytearray(content[2]))
    return array[()] if content[3] else array


def _dtype_content(obj: Any, dtype: Any) -> Any:
    import numpy as np

    content = np.lib.format.dtype_to_descr(dtype)
    if dtype.hasobject:
        raise UnsupportedError(obj, "arrays of Python objects are not supported; use a numeric dtype, or a list")
    if np.lib.format.descr_to_dtype(content) != dtype:
        raise UnsupportedError(obj, f"the dtype {dtype} cannot be described in a portable way; convert the array")
    return content


def _tuples(content: Any) -> Any:
    """Return a dtype's description with its fields and shapes as tuples."""
    if not isinstance(content, list):
        return content
    return [(_name(name), _tuples(kind), *map(tuple, shape)) for name, kind, *shape in content]


def _name(name: Any) -> Any:
    return tuple(name) if isinstance(name, list) else name


def _model_fields(obj: Any) -> tuple[dict[str, Any], list[str], str]:
    names = type(obj).model_fields
    fields = {name: value for name, value in obj.__dict__.items() if name in names}
    content = {**fields, **(obj.__pydantic_extra__ or {})}
    return content, sorted(obj.__pydantic_fields_set__), type(obj).__qualname__


def _to_model(kind: Any, fields: dict[str, Any]) -> Any:
    """Return a model from its fields, by their names even if they have aliases."""
    root = kind.__pydantic_root_model__
    try:
        model = kind.model_validate(fields["root"] if root else fields, strict=False, by_name=True, by_alias=False)
    except TypeError:  # pydantic before 2.11
        model = kind.model_validate(fields["root"] if root else fields, strict=False)
    if isinstance(fields, ModelFields):
        object.__setattr__(model, "__pydantic_fields_set__", set(fields.fields_set))
    return model


pack: Final = msgspec.msgpack.Encoder(enc_hook=to_extension).encode
_unpack: Final = msgspec.msgpack.Decoder(ext_hook=from_extension).decode
