"""The shape of the types that a stored value is read as: two hashes that tell whether it still means what it did.

Layer `_values`. A value of plain types has none: its type is all there is to know.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from enum import Enum
from typing import Any, Final, get_args

import msgspec

from ._hash16 import fast_hash16
from ._type_graph import class_of, field_hints, is_abstract_base, is_model, is_record, plain_hint

SHAPED: Final = 0x40
_SIZE: Final = 8
_SHORT: Final = 4
_MAX_CACHED: Final = 10_000
_cache: dict[Any, Shape | None] = {}


class Shape:
    """The shape of the types that one annotation leads to.

    Attributes:
        head: what is written before a value: a mark, the hash of the whole, and one of each type in `ordered`.
        classes: the record types.
        names: what messages call them.
    """

    __slots__ = ("classes", "head", "names", "ordered")

    def __init__(self, text: str, classes: list[type], ordered: dict[type, str]) -> None:
        self.classes = tuple(classes)
        self.names = ", ".join(dict.fromkeys(kind.__qualname__ for kind in classes))
        self.ordered = frozenset(_hash(part, _SHORT) for part in ordered.values())
        count = len(self.ordered).to_bytes(2, "big")
        self.head = bytes((SHAPED,)) + _hash(text, _SIZE) + count + b"".join(sorted(self.ordered))

    def differs_in_order(self, data: bytes) -> bool:
        """Whether a value was written with types that have no names in it, such as NamedTuples, of another shape."""
        return not self.ordered.issuperset(_ordered_of(data))


def shape_of(hint: Any) -> Shape | None:
    """The shape of an annotation's types; None where there are only plain ones."""
    try:
        return _cache[hint]
    except KeyError:
        shape = _cache[hint] = _look(hint)
        if len(_cache) > _MAX_CACHED:
            _cache.clear()
        return shape
    except TypeError:  # an annotation that cannot be hashed
        return _look(hint)


def class_shape(kind: type) -> bytes:
    """The hash of one class's shape."""
    return _hash(_Look().text(kind), _SIZE)


def end_of_head(data: bytes) -> int:
    """Where the value begins behind its head."""
    return 1 + _SIZE + 2 + _SHORT * int.from_bytes(data[1 + _SIZE : 3 + _SIZE], "big")


def _ordered_of(data: bytes) -> Iterator[bytes]:
    end = end_of_head(data)
    return (data[at : at + _SHORT] for at in range(3 + _SIZE, end, _SHORT))


def _look(hint: Any) -> Shape | None:
    look = _Look()
    text = look.text(hint)
    if not look.classes:
        return None
    return Shape(text, [kind for hint in look.classes if (kind := class_of(hint)) is not None], look.ordered)


class _Look:
    """One walk along the types of an annotation."""

    def __init__(self) -> None:
        self.classes: dict[Any, int] = {}
        self.ordered: dict[type, str] = {}

    def text(self, hint: Any) -> str:
        hint = plain_hint(hint)
        kind = class_of(hint)
        if kind is not None and is_record(kind):
            if hint in self.classes:
                return f"^{self.classes[hint]}"
            self.classes[hint] = len(self.classes)
            return self._record(hint, kind)
        if kind is not None and is_abstract_base(kind):
            self.classes.setdefault(hint, len(self.classes))
            return f"abstract {kind.__qualname__}"
        if isinstance(hint, Enum):  # in a Literal
            return f"{hint.name} of {self.text(type(hint))}"
        arguments = ",".join([self.text(each) for each in get_args(hint)])
        if kind is None:
            return f"{getattr(hint, '__name__', None) or repr(hint)}[{arguments}]"
        return f"{kind.__name__}[{arguments}]" if kind.__module__ != "types" else f"|[{arguments}]"

    def _record(self, hint: Any, kind: type) -> str:
        from ._construction import construction_of  # not every program stores values of classes

        if issubclass(kind, Enum):
            members = sorted(f"{name}={member.value!r}" for name, member in kind.__members__.items())
            text = self.ordered[kind] = f"enum {kind.__qualname__}({','.join(members)})"
            return text + construction_of(kind)
        fields = [f"{name}:{self.text(each)}" for name, each in field_hints(hint).items()]
        if _is_positional(kind):
            text = f"ordered({','.join(fields)}){construction_of(kind)}"
            names = ",".join(field_hints(hint))
            self.ordered[kind] = f"ordered {kind.__qualname__}({names})"
            return text
        attributes = () if fields or is_model(kind) else _assigned_attributes(kind)
        return f"fields({','.join(sorted(fields))}{','.join(attributes)}){_tag(kind)}{construction_of(kind)}"


def _is_positional(kind: type) -> bool:
    return issubclass(kind, tuple) or (issubclass(kind, msgspec.Struct) and bool(kind.__struct_config__.array_like))


def _tag(kind: type) -> str:
    """The names that a struct is written with, where they are not those of its fields."""
    if not issubclass(kind, msgspec.Struct):
        return ""
    config, names = kind.__struct_config__, kind.__struct_encode_fields__
    if config.tag is None and names == kind.__struct_fields__:
        return ""
    return f"{config.tag_field}={config.tag!r}{names}"


def _assigned_attributes(kind: type) -> list[str]:
    """The attributes that the class of a pickled object sets when one is made."""
    found = {name for base in kind.__mro__ for name in getattr(base, "__annotations__", ())}
    code = getattr(getattr(kind, "__init__", None), "__code__", None)
    if code is not None:
        found.update(str(step.argval) for step in dis.get_instructions(code) if step.opname == "STORE_ATTR")
    return sorted(found)


def _hash(text: str, size: int) -> bytes:
    return fast_hash16(text.encode("utf-8", "surrogatepass"))[:size]
