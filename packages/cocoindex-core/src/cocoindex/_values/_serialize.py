"""Values to bytes.

Layer `_values`. The first byte says how the rest is written, and what the value is at its top, for readers that are
given no type.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from cocoindex._described import described
from cocoindex.errors import CocoIndexError, ForbiddenGlobalError, SerializationError

from ._exact_msgpack import pack_exact
from ._extensions import UnsupportedError, pack
from ._restricted_pickle import by_pickle, dump_pickle

MSGPACK: Final = 0x10
EXACT: Final = 0x20
PICKLE: Final = 0x30
USUAL: Final = bytes((MSGPACK,))
"""How most values begin."""
KINDS: Final[tuple[type, ...]] = (object, tuple, set, frozenset)

_KIND: Final = {kind: number for number, kind in enumerate(KINDS)}
_HEADS: Final = {form: [bytes((form | number,)) for number in range(len(KINDS))] for form in (MSGPACK, EXACT)}
_MSGPACK_HEADS: Final = _HEADS[MSGPACK]
# Of these msgpack tells all; what they contain can be no timestamp.
_PLAIN: Final = frozenset({int, str, bytes, bool, float, type(None)})
# How msgpack begins a point in time, which keeps no time zone; it may also be met by chance inside other data.
_TIMESTAMPS: Final = (b"\xd6\xff", b"\xd7\xff", b"\xc7\x0c\xff")


def serialize(value: object) -> bytes:
    """Bytes from which `deserialize` makes an equal value.

    Raises:
        SerializationError: the value, or something in it, is of a type that cannot be stored.
    """
    kind = type(value)
    try:
        if kind in _PLAIN:
            return _MSGPACK_HEADS[0] + pack(value)
        if kind in by_pickle or kind is MappingProxyType:  # no annotation tells that it was a view
            return bytes((PICKLE,)) + dump_pickle(value)
        data = pack(value)
        # One byte is looked for first, as most data has none of it.
        if 0xFF not in data or not any(each in data for each in _TIMESTAMPS) or (kind is tuple and _is_in_utc(value)):
            return _MSGPACK_HEADS[_KIND.get(kind, 0)] + data
    except (OverflowError, UnicodeEncodeError):
        pass
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever code of the user raises
        raise _refused(value, error) from error
    try:
        return _HEADS[EXACT][_KIND.get(kind, 0)] + pack_exact(value)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever code of the user raises
        raise _refused(value, error) from error


def _is_in_utc(values: Any) -> bool:
    """Whether they are plain values and points in time in UTC, the zone that msgpack means, as in states of files."""
    return all(type(value) in _PLAIN or (type(value) is datetime and value.tzinfo is UTC) for value in values)


def _refused(value: object, error: BaseException) -> CocoIndexError:
    """The error to raise for what `error` says about `value`."""
    if isinstance(error, UnsupportedError):
        from ._locate import locate  # most values can be stored

        kind = type(error.obj)
        cause = error.cause or (
            "it is neither a dataclass, NamedTuple, pydantic model nor msgspec Struct; make its class one of these, or "
            "register it with @coco.serialize_by_pickle"
        )
        return SerializationError(
            f"a value of type {kind.__module__}.{kind.__qualname__}", locate(value, error.obj), cause
        )
    what = f"a value of type {type(value).__module__}.{type(value).__qualname__}"
    if isinstance(error, ForbiddenGlobalError):
        return SerializationError(what, "", f"its pickle could not be read again: {error}")
    if isinstance(error, RecursionError):
        return SerializationError(what, "", "it is nested too deeply, or contains itself")
    return SerializationError(what, "", described(error))
