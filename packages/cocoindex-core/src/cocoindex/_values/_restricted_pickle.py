"""Pickles that can create only known harmless or registered objects.

Layer `_values`. The same list applies to both directions, so what could not be read again is refused when it is stored.
"""

from __future__ import annotations

import io
import types

# These are `pickle`'s own; the rest of it takes long to import.
from _pickle import Pickler, Unpickler
from typing import Any, Final, TypeVar

from cocoindex._shown import shown
from cocoindex.errors import ForbiddenGlobalError, MemoKeyRegistrationError

from ._module_name import module_name
from ._parts_of_frames import PARTS_OF_FRAMES

T = TypeVar("T")

_HARMLESS: Final = {
    "builtins": "bool int float complex str bytes bytearray list tuple dict set frozenset range slice",
    "collections": "OrderedDict defaultdict deque Counter",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "ipaddress": "IPv4Address IPv6Address IPv4Network IPv6Network IPv4Interface IPv6Interface",
    "pathlib": "Path PurePath PosixPath PurePosixPath WindowsPath PureWindowsPath",
    "pathlib._local": "Path PurePath PosixPath PurePosixPath WindowsPath PureWindowsPath",
    "types": "SimpleNamespace",
    "uuid": "UUID SafeUUID",
    "zoneinfo": "ZoneInfo",
    "numpy": "ndarray dtype",
    "numpy.core.multiarray": "_reconstruct scalar",
    "numpy._core.multiarray": "_reconstruct scalar",
    "numpy.core.numeric": "_frombuffer",
    "numpy._core.numeric": "_frombuffer",
    "cocoindex": "NON_EXISTENCE NonExistenceType Symbol",
    "pydantic.types": "SecretStr SecretBytes",
    "pydantic.networks": "AnyUrl AnyHttpUrl HttpUrl FileUrl FtpUrl WebsocketUrl",
    "pydantic_core._pydantic_core": "Url MultiHostUrl",
}
_allowed: Final = frozenset(
    (module, name)
    for module, names in (*_HARMLESS.items(), *PARTS_OF_FRAMES.items(), ("builtins", "mappingproxy"))
    for name in names.split()
)
by_pickle: Final[set[type]] = set()
_registered: Final[dict[tuple[str, str], type]] = {}


def serialize_by_pickle(cls: type[T]) -> type[T]:
    """Store objects of exactly this class as pickles, and allow the class in stored pickles. A decorator or function.

    Not needed for dataclasses, NamedTuples and msgspec structs.

    Raises:
        MemoKeyRegistrationError: `cls` is not a class.
    """
    by_pickle.add(unpickle_safe(cls))
    return cls


def unpickle_safe(cls: type[T]) -> type[T]:
    """Allow this class in stored pickles. A decorator or function.

    Objects that cannot be stored another way (as dataclass, NamedTuple, struct or model) are stored as pickles.

    Raises:
        MemoKeyRegistrationError: `cls` is not a class.
    """
    if not isinstance(cls, type):
        raise MemoKeyRegistrationError(f"only classes can be registered for pickling, not {shown(cls)}")
    _registered[_name_of(cls)] = cls
    return cls


def is_registered(cls: type) -> bool:
    """Whether exactly this class was registered to be named by pickles."""
    return _registered.get(_name_of(cls)) is cls


def _name_of(cls: Any) -> tuple[str, str]:
    return str(module_name(cls.__module__)), cls.__qualname__


def _class_named(module: str, name: str) -> type:
    """The class of the user's main module, which each way to start it calls by another name."""
    found = _registered.get((module, name))
    if found is None:
        raise ForbiddenGlobalError(module, name)
    return found


def _proxy(mapping: dict[Any, Any]) -> types.MappingProxyType[Any, Any]:
    """A read-only view, which cannot be pickled by itself."""
    return types.MappingProxyType(mapping)


def made_of_items(kind: type[Any], items: tuple[Any, ...]) -> Any:
    """An object of a NamedTuple's class, whose own `__new__` does not run again."""
    return tuple.__new__(kind, items)


_OURS: Final = {(__name__, each.__name__): each for each in (_class_named, _proxy, made_of_items)}


def is_harmless(cls: type) -> bool:
    """Whether pickles may name this class without its being registered."""
    return (cls.__module__, cls.__qualname__) in _allowed


def dump_pickle(obj: object) -> bytes:
    """Pickle.

    Raises:
        ForbiddenGlobalError: something in it would be refused by `load_pickle`.
    """
    buffer = io.BytesIO()
    RestrictedPickler(buffer, 5).dump(obj)
    return buffer.getvalue()


def load_pickle(data: bytes) -> Any:
    """Unpickle.

    Raises:
        ForbiddenGlobalError: it names something that is neither harmless nor registered; nothing of that was imported.
    """
    return RestrictedUnpickler(io.BytesIO(data)).load()


class RestrictedPickler(Pickler):
    """Writes what `load_pickle` reads."""

    def reducer_override(self, obj: Any) -> Any:
        if obj is _class_named or obj is _proxy or obj is made_of_items:
            return NotImplemented
        if type(obj) is types.MappingProxyType:
            return _proxy, (dict(obj),)
        if isinstance(obj, type | types.FunctionType | types.BuiltinFunctionType):
            name = _name_of(obj)
            if name not in _registered and name not in _allowed:
                raise ForbiddenGlobalError(*map(str, name))
            if name[0] != obj.__module__:
                return _class_named, name
        elif (type(obj).__module__, type(obj).__qualname__) == ("zoneinfo", "ZoneInfo") and obj.key:
            return type(obj), (obj.key,)  # by itself it names a method of its class
        return NotImplemented


class RestrictedUnpickler(Unpickler):
    """Makes only what is harmless or registered."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _OURS:
            return _OURS[module, name]
        found = _registered.get((str(module_name(module)), name))
        if found is not None:
            return found
        if (module, name) in _allowed:
            return super().find_class(module, name)
        raise ForbiddenGlobalError(module, name)
