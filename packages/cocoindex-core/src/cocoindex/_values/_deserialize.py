"""Converts bytes back to values of an annotated type.

Layer `_values`.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin

import msgspec

from cocoindex._described import described, is_a, origins
from cocoindex._shown import shown
from cocoindex.errors import DeserializationError, ForbiddenGlobalError

from ._extensions import from_extension, is_of, rebuild, tells_its_type
from ._restricted_pickle import load_pickle
from ._serialize import EXACT, KINDS, MSGPACK, PICKLE
from ._shape import SHAPED, end_of_head

Read: TypeAlias = Callable[[bytes], Any]

_MAX_CACHED: Final = 10_000
# To copy fewer bytes costs less than to make a view of them.
_SHORT: Final = 1024
_PICKLED: Final = bytes((PICKLE,))
_cache: dict[Any, Read] = {}
_untyped: Final = msgspec.msgpack.Decoder(ext_hook=from_extension).decode


def deserialize(data: bytes, type_hint: Any = Any) -> Any:
    """Return the value that `serialize` wrote.

    Args:
        data: the result of `serialize`.
        type_hint: the type to read it as. With `Any`, nested values are basic Python types where msgpack has no type of
            its own: dataclasses become dicts, nested tuples become lists.

    Raises:
        DeserializationError: the bytes are not such a value, or the type is not supported.
        ForbiddenGlobalError: they contain a pickle with a name that is not allowed.
    """
    try:
        read = _cache[type_hint]
    except (KeyError, TypeError):  # TypeError: an annotation that cannot be hashed
        read = make_deserializer(type_hint)
    return read(data)


def make_deserializer(type_hint: Any) -> Read:
    """Return `deserialize` for one type; the decoder is created once.

    Raises:
        DeserializationError: msgspec does not support the type.
    """
    read = _untyped_reader if says_nothing(type_hint) else _typed_reader(type_hint)
    try:
        if len(_cache) >= _MAX_CACHED:
            _cache.clear()
        _cache[type_hint] = read
    except TypeError:
        pass
    return read


def untyped(data: bytes) -> Any:
    """Return the value, read without a type."""
    return _untyped_reader(data)


def says_nothing(hint: Any) -> bool:
    """Return whether values are read without a type."""
    if isinstance(hint, TypeVar):
        return hint.__bound__ is None and not hint.__constraints__
    return hint is Any or hint is object


def _untyped_reader(data: bytes) -> Any:
    try:
        if data[0] == MSGPACK:  # most values
            return _untyped(data[1:] if len(data) < _SHORT else memoryview(data)[1:])
        form, kind = data[0] & 0xF0, data[0] & 0x0F
        if form == PICKLE:
            return load_pickle(data[1:])
        if form == SHAPED:
            return _untyped_reader(data[end_of_head(data) :])
        value = _untyped(_payload(data, form))
        return KINDS[kind](value) if kind and type(value) is list else value
    except Exception as error:
        raise _unreadable(error, Any) from error


def msgpack_reads(hint: Any) -> bool:
    """Return whether msgspec supports the type, with all members of its unions."""
    try:
        _decoder(hint)
    except Exception:
        return False
    return True


def _decoder(hint: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(hint, ext_hook=from_extension, dec_hook=rebuild)


def _typed_reader(hint: Any) -> Read:
    try:
        typed = _decoder(hint).decode
    except Exception as error:
        if any(map(tells_its_type, _members(hint))):
            return _union_reader(hint)
        raise _unbuildable(error, hint) from error

    def read(data: bytes) -> Any:
        try:
            form = data[0] & 0xF0
            if form == MSGPACK:
                return typed(data[1:] if len(data) < _SHORT else memoryview(data)[1:])
            if form == PICKLE:
                return load_pickle(data[1:])
            if form == SHAPED:
                return read(data[end_of_head(data) :])
            return msgspec.convert(_untyped(_payload(data, form)), hint, dec_hook=rebuild)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # whatever code of the user raises
            raise _unreadable(error, hint) from error

    return read


def _members(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union; nothing for other types."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else ()


def _union_reader(hint: Any) -> Read:
    """Return a reader for a union that msgspec does not support, if stored values of some members contain their
    type."""
    telling = [member for member in _members(hint) if tells_its_type(member)]
    others = tuple(member for member in _members(hint) if member not in telling)
    read_other = _typed_reader(Union[others]) if others else None  # noqa: UP007  # of a tuple

    def read(data: bytes) -> Any:
        value = load_pickle(data[1:]) if data[:1] == _PICKLED else _untyped(_payload(data, data[0] & 0xF0))
        for member in telling:
            if is_of(value, member):
                return rebuild(member, value)
        if read_other is None:
            raise TypeError(f"it is a {type(value).__qualname__}")
        return read_other(data)

    def read_or_say_why(data: bytes) -> Any:
        try:
            return read(data)
        except DeserializationError:
            raise
        except Exception as error:
            raise _unreadable(error, hint) from error

    return read_or_say_why


def _payload(data: bytes, form: int) -> memoryview:
    if form not in (MSGPACK, EXACT):
        raise ValueError(f"its first byte, {data[0]:#04x}, is not one that this version writes")
    return memoryview(data)[1:]


def _unbuildable(error: Exception, hint: Any) -> DeserializationError:
    return DeserializationError(
        f"Cannot build msgspec Decoder for {shown(hint)}: {error}. A union may hold one dataclass or NamedTuple, "
        "and None; "
        "where there are more, make each a msgspec.Struct with tag=True. The values of an Enum are all str or all int"
    )


def _unreadable(error: BaseException, hint: Any) -> DeserializationError:
    for cause in origins(error):
        if is_a(cause, ForbiddenGlobalError):
            return cause
    if is_a(error, IndexError):
        error = ValueError("it is empty")
    return DeserializationError(
        f"Failed to deserialize msgpack payload as {shown(hint)}: {described(error)}. Either the annotation "
        "(of the return value, of prev_state, of prev_possible_records) is missing or not resolvable, or the class has "
        "changed since the value was stored; if so, update once with full_reprocess=True"
    )
