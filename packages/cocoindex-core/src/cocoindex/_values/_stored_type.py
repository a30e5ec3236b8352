"""Values to bytes and back, for those who know the type that they are read as.

Layer `_values`. What is written with a type carries the type's shape, and comes back as it was or is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, is_typeddict

from msgspec import Struct

from cocoindex._described import described
from cocoindex._shown import shown
from cocoindex.errors import DeserializationError, SerializationError, StoredShapeError

from ._canonical import canonical_bytes
from ._deserialize import Read, make_deserializer, msgpack_reads, says_nothing, untyped
from ._restricted_pickle import dump_pickle
from ._serialize import PICKLE, USUAL, serialize
from ._shape import SHAPED, Shape, end_of_head, shape_of
from ._type_graph import class_of, field_hints, is_record, plain_hint

if TYPE_CHECKING:
    from ._exact import Exact

_CLASSES: Final = b"\x50"
_OTHER: Final = b"\x51"
_PICKLED: Final = bytes((PICKLE,))
_MARKS: Final = frozenset({_CLASSES, _OTHER})
_MAX_CACHED: Final = 10_000
_types: Final[dict[Any, StoredType]] = {}
_SCALARS: Final = frozenset({int, str, bytes, bool, float, type(None)})


class StoredType:
    """How values of one annotated type are stored.

    Args:
        hint: the annotation; with `Any`, values come back as basic Python types.
        evolves: whether what was written with fewer or more fields is read, as far as each that is left has its name.
    """

    __slots__ = ("_evolves", "_exact", "_hint", "_readable", "_shape", "_usual", "_value", "read", "write")

    def __init__(self, hint: Any, *, evolves: bool = False) -> None:
        self._hint = hint
        self._evolves = evolves
        self._shape: Shape | None = shape_of(hint)
        self._usual = b"" if self._shape is None else self._shape.head + USUAL
        self._exact: Exact | None = None
        self._readable = True
        self._value: Read = self._first_value
        self.write: Callable[[object], bytes] = self._write_shaped
        if self._shape is None:
            self.write = serialize if evolves or says_nothing(hint) else self._write_plain
        self.read: Read = self._first_value if self._shape is None else self._read_shaped
        """The value that `write` wrote."""

    def _write_shaped(self, value: object) -> bytes:
        """Bytes from which `read` makes a value that is the same.

        Raises:
            SerializationError: it cannot be stored, or would come back as something else.
        """
        assert self._shape is not None
        if self._evolves:
            return serialize(value) if type(value) in _SCALARS else self._shape.head + serialize(value)
        if not self._is_exact(value):
            return self._shape.head + self._write_inexact(value, self._shape)
        return serialize(value) if type(value) in _SCALARS else self._shape.head + serialize(value)

    def _write_plain(self, value: object) -> bytes:
        """The same for a type without classes: what msgpack would change is a pickle, where one can hold it."""
        data = serialize(value)
        if self._is_exact(value) or (self._readable and not self._comes_back_otherwise(value, data)):
            return data
        try:
            return _PICKLED + dump_pickle(value)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # whatever code of the user raises
            return data

    def _is_exact(self, value: object) -> bool:
        """Whether msgpack gives the value back as it is, read as this type."""
        if self._exact is None:
            from ._exact import exact_of, never  # not every process stores values

            self._readable = msgpack_reads(self._hint)  # not a union of dataclasses
            self._exact = exact_of(self._hint) if self._readable else never
        try:
            return self._exact(value)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # nested a few hundred deep, or whatever code of the user raises
            return False

    def _write_inexact(self, value: object, shape: Shape) -> bytes:
        """What msgpack might change: as a pickle, where all that is in it may be named by one."""
        from ._class_pickle import dump_classes  # few values need it

        try:
            return _CLASSES + dump_classes(value, shape)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # whatever code of the user raises
            data, why = serialize(value), error
        kind = class_of(plain_hint(self._hint))
        if kind in shape.classes and not is_typeddict(kind) and not isinstance(value, kind):
            return _OTHER + type(value).__qualname__.encode()  # the annotation is wrong: a miss says so
        if self._comes_back_otherwise(value, data):
            raise SerializationError(
                f"a value of type {type(value).__qualname__}",
                "",
                f"read as {_name(self._hint)}, it would change ({described(why)}); annotate the "
                "actual type, or use dataclasses named in the annotation for its parts",
            ) from why
        return data

    def _comes_back_otherwise(self, value: object, data: bytes) -> bool:
        """Whether another value would be read; one that cannot be read at all is a miss, and told then."""
        try:
            found = self._value(data)
        except DeserializationError:
            return False
        try:
            return canonical_bytes(found) != canonical_bytes(value)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # whatever code of the user raises
            return True

    def _read_shaped(self, data: bytes) -> Any:
        """The value that was written.

        Raises:
            StoredShapeError: its types have another shape now.
            DeserializationError: it cannot be read.
        """
        assert self._shape is not None
        head = self._shape.head
        if data.startswith(self._usual):
            return self._value(data[len(head) :])
        if data.startswith(head):
            inner = data[len(head) :]
        elif not data or data[0] != SHAPED:
            return self._value(data)
        else:
            inner = data[end_of_head(data) :]
            self._check_evolution(data, inner, self._shape)
        mark = inner[:1]
        if mark not in _MARKS:
            return self._value(inner)
        if mark == _OTHER:
            raise DeserializationError(f"it was a {inner[1:].decode()}, but the annotation is {_name(self._hint)}")
        from ._class_pickle import load_classes

        try:
            return load_classes(inner[1:], self._shape)
        except DeserializationError:
            raise
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # whatever code of the user raises
            raise DeserializationError(
                f"a stored {_name(self._hint)} cannot be read: {described(error)}; update once with full_reprocess=True"
            ) from error

    def _check_evolution(self, data: bytes, inner: bytes, shape: Shape) -> None:
        if not self._evolves or shape.differs_in_order(data) or inner[:1] == _CLASSES or _is_renamed(inner, self._hint):
            raise StoredShapeError(shape.names)

    def _first_value(self, data: bytes) -> Any:
        """Make the reader at the first value: a type that cannot be read fails there, and not where it is stored."""
        if data[:1] == _PICKLED:  # which tells its type
            return untyped(data)
        self._value = make_deserializer(self._hint)
        if self._shape is None:
            self.read = self._value
        return self._value(data)


def stored_type(hint: Any, *, evolves: bool = False) -> StoredType:
    """The `StoredType` of an annotation; made once."""
    try:
        found = _types.get((hint, evolves))
    except TypeError:  # an annotation that cannot be hashed
        return StoredType(hint, evolves=evolves)
    if found is None:
        if len(_types) >= _MAX_CACHED:
            _types.clear()
        found = _types[hint, evolves] = StoredType(hint, evolves=evolves)
    return found


def _is_renamed(inner: bytes, hint: Any) -> bool:
    """Whether a record has lost a field and got another one: that may be a new name of the old one."""
    waiting = [(untyped(inner), hint)]
    while waiting:
        value, hint = waiting.pop()
        kind = class_of(plain_hint(hint))
        if isinstance(value, dict) and kind is not None and is_record(kind):
            fields = field_hints(plain_hint(hint))
            if issubclass(kind, Struct):  # which may be written with other names, and a tag
                written = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
                fields = {written[name]: hint for name, hint in fields.items()}
                value = {name: part for name, part in value.items() if name != kind.__struct_config__.tag_field}
            if value.keys() - fields.keys() and fields.keys() - value.keys():
                return True
            waiting += [(value[name], fields[name]) for name in fields.keys() & value.keys()]
    return False


def _name(hint: Any) -> str:
    return hint.__qualname__ if isinstance(hint, type) else shown(hint)
