"""The canonical encoding of values: equal bytes for equal content in any process, different bytes otherwise.

Layer `_values`. Every encoding is self-delimiting: msgpack for scalars, flat tuples and flat dicts; for other values
the byte that msgpack never uses, a letter for the kind, and the content of that kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any, Final, TypeAlias

import msgspec

from cocoindex.errors import MemoKeyError

from ._memo_keys import on_key_change
from ._state_ref import StateRef
from ._type_identity import on_type_change

Encoder: TypeAlias = "Callable[[Any, Walk], bytes]"

pack: Final = msgspec.msgpack.Encoder().encode
_pack_sorted: Final = msgspec.msgpack.Encoder(order="deterministic").encode
_first: Final = itemgetter(0)
_ONLY_STR: Final = {str}
_MAX_CACHED_TYPES: Final = 10_000
_MOST_PLAIN_PARTS: Final = 1_000


def canonical_bytes(obj: object, states: list[StateRef] | None = None) -> bytes:
    """Encode a value for a memo key.

    A `__coco_memo_key__()` method counts first, then a registered key function, then the structure of the value.

    Args:
        states: receives the objects with state functions, in the order of the traversal.

    Raises:
        MemoKeyError: the value, or a part of it, cannot be encoded.
    """
    kind = type(obj)
    if kind in scalars or (kind is tuple and scalars.issuperset(map(type, obj)) and _encoders[tuple] is encode_tuple):  # type: ignore[call-overload]  # the test before says that it is a tuple
        try:
            return pack(obj)
        except (OverflowError, UnicodeEncodeError):
            pass  # an int past 64 bits or a lone surrogate: left to the general encoder
    return _encode_with(states, obj)


class Walk:
    """One traversal of a value.

    Attributes:
        states: the objects with state functions found so far; None if they are not collected.
        active: the depth of each object being encoded, by id; None until a cycle is suspected.
    """

    __slots__ = ("active", "states")

    def __init__(self, states: list[StateRef] | None) -> None:
        self.states = states
        self.active: dict[int, int] | None = None

    def encode(self, obj: Any) -> bytes:
        """Return the encoding of a value or a part of one."""
        kind = type(obj)
        encoder = _encoders.get(kind) or _find_encoder(kind)
        if self.active is None:
            return encoder(obj, self)
        return self.encode_once(obj, encoder, self.active)

    def encode_at(self, step: str, obj: Any) -> bytes:
        """Return the encoding of a part, which errors call `step`."""
        try:
            return self.encode(obj)
        except MemoKeyError as error:
            error.within(step)
            raise

    def encode_unordered(self, items: Iterable[Any]) -> list[tuple[bytes, Any]]:
        """Return pairs of encoding and item, sorted by encoding; add states in that order, too."""
        collected = self.states
        found: list[tuple[bytes, Any, list[StateRef]]] = []
        for item in items:
            inner: list[StateRef] = []
            self.states = None if collected is None else inner
            found.append((self.encode_at("{...}", item), item, inner))
        self.states = collected
        found.sort(key=_first)
        if collected is not None:
            for _, _, inner in found:
                collected += inner
        return [(data, item) for data, item, _ in found]

    def encode_once(self, obj: Any, encoder: Encoder, active: dict[int, int]) -> bytes:
        """Encode an object; a reference to an enclosing object is encoded as the number of levels to go up."""
        key, depth = id(obj), len(active)
        if key in active:
            return b"\xc1^" + pack(depth - active[key])
        active[key] = depth
        try:
            return encoder(obj, self)
        finally:
            del active[key]


def encode_scalar(obj: Any, walk: Walk) -> bytes:
    """Encode a value of exactly the type None, bool, int, float, str or bytes."""
    try:
        return pack(obj)
    except OverflowError:
        return b"\xc1i" + pack(obj.to_bytes(obj.bit_length() // 8 + 1, "little", signed=True))
    except UnicodeEncodeError:
        return b"\xc1u" + pack(obj.encode("utf-8", "surrogatepass"))


def encode_tuple(obj: Any, walk: Walk) -> bytes:
    """Encode a tuple, or the items of a list."""
    if scalars.issuperset(map(type, obj)):
        try:
            return pack(obj)
        except (OverflowError, UnicodeEncodeError):
            pass
    return b"\xc1(" + encode_mixed([*obj], walk, "[{}]".format)


def encode_list(obj: Any, walk: Walk) -> bytes:
    try:
        if scalars.issuperset(map(type, obj)):
            return b"\xc1l" + pack(obj)
        if _is_plain(obj):
            return b"\xc1p" + _pack_sorted(obj)
    except (OverflowError, UnicodeEncodeError):
        pass
    return b"\xc1l" + encode_tuple(obj, walk)


def encode_dict(obj: Any, walk: Walk) -> bytes:
    """Encode a dict, independently of the order of its items."""
    if {*map(type, obj)} != _ONLY_STR or str not in scalars:
        return _encode_any_dict(obj, walk)
    try:
        if scalars.issuperset(map(type, obj.values())):
            return _pack_sorted(obj)
        if _is_plain(obj):
            return b"\xc1p" + _pack_sorted(obj)
        names = sorted(obj)
        head = b"\xc1m" + pack(names)
    except (OverflowError, UnicodeEncodeError):
        return _encode_any_dict(obj, walk)
    return head + encode_mixed([obj[name] for name in names], walk, lambda index: f"[{names[index]!r}]")


def _is_plain(obj: Any) -> bool:
    """Return whether a list or dict contains, at any depth, only scalars, lists and dicts with str keys.

    Of such a value msgpack tells all, where it knows tuples and sets from lists by their absence. One of very many
    parts, or one that contains itself, does not count.
    """
    if _encoders[list] is not encode_list or _encoders[dict] is not encode_dict or str not in scalars:
        return False
    waiting = [obj]
    for number, part in enumerate(waiting):  # which grows during the loop
        if number >= _MOST_PLAIN_PARTS:
            return False
        if type(part) is dict:
            if not _ONLY_STR.issuperset(map(type, part)):
                return False
            part = part.values()
        if not scalars.issuperset(map(type, part)):
            for item in part:
                kind = type(item)
                if kind is list or kind is dict:
                    waiting.append(item)
                elif kind not in scalars:
                    return False
    return True


def _encode_any_dict(obj: Any, walk: Walk) -> bytes:
    keys = walk.encode_unordered(obj)
    head = b"\xc1d" + array_header(len(keys)) + b"".join([data for data, _ in keys])
    return head + encode_mixed([obj[key] for _, key in keys], walk, lambda index: f"[{keys[index][1]!r:.40}]")


def encode_state(state: Any, walk: Walk) -> bytes:
    """Encode the state of an object: its attributes by name, or any other state."""
    if type(state) is not dict or {*map(type, state)} != _ONLY_STR:
        return walk.encode(state)
    names = sorted(state)
    head = b"\xc1m" + walk.encode(names)
    return head + encode_mixed([state[name] for name in names], walk, lambda index: f".{names[index]}")


def encode_mixed(items: list[Any], walk: Walk, step: Callable[[int], str]) -> bytes:
    """Encode values of which some are scalars: these at once, then the others. Consumes `items`; errors call an item
    `step`."""
    nested: list[int] = []
    inner: list[Any] = []
    for index, item in enumerate(items):
        if type(item) not in scalars:
            nested.append(index)
            inner.append(item)
            items[index] = None
    try:
        head = pack((items, nested))
    except (OverflowError, UnicodeEncodeError):
        return _encode_each(items, dict(zip(nested, inner, strict=True)), walk, step)
    parts = [head]
    active = walk.active
    try:
        for item in inner:  # as walk.encode() does, which costs a call more
            kind = type(item)
            encoder = _encoders.get(kind) or _find_encoder(kind)
            parts.append(encoder(item, walk) if active is None else walk.encode_once(item, encoder, active))
    except MemoKeyError as error:
        error.within(step(nested[len(parts) - 1]))
        raise
    return b"".join(parts)


def _encode_each(items: list[Any], nested: dict[int, Any], walk: Walk, step: Callable[[int], str]) -> bytes:
    """Do the same as `encode_mixed` if the scalars cannot be encoded in one piece."""
    parts = [b"\xc1x", array_header(len(items))]
    parts += [walk.encode_at(step(index), nested.get(index, item)) for index, item in enumerate(items)]
    return b"".join(parts)


def encode_set(obj: Any, walk: Walk) -> bytes:
    items = walk.encode_unordered(obj)
    return b"\xc1s" + array_header(len(items)) + b"".join([data for data, _ in items])


def encode_frozenset(obj: Any, walk: Walk) -> bytes:
    return b"\xc1f" + encode_set(obj, walk)


def array_header(size: int) -> bytes:
    """Return the header with the number of following encodings."""
    if size < 16:
        return bytes((0x90 | size,))
    return b"\xdc" + size.to_bytes(2, "big") if size < 1 << 16 else b"\xdd" + size.to_bytes(4, "big")


def _encode_with(states: list[StateRef] | None, obj: object) -> bytes:
    walk = Walk(states)
    before = len(states or ())
    try:
        return walk.encode(obj)
    except RecursionError:
        if states is not None:
            del states[before:]
        walk.states, walk.active = states, {}
    try:
        return walk.encode(obj)
    except RecursionError:
        raise MemoKeyError(type(obj), "it is nested too deeply") from None


def _find_encoder(kind: type) -> Encoder:
    from ._choose_encoder import choose_encoder  # which imports this module

    if len(_encoders) > _MAX_CACHED_TYPES:
        _forget_encoders()
    encoder = _encoders[kind] = choose_encoder(kind)
    return encoder


def _forget_encoders() -> None:
    """Start again with the built-in types, except those for which a key function was registered."""
    from ._choose_encoder import choose_encoder  # which imports this module

    _encoders.update({kind: choose_encoder(kind) for kind in builtin_encoders})
    for kind in _encoders.keys() - builtin_encoders.keys():
        del _encoders[kind]
    scalars.difference_update(kind for kind, encoder in _encoders.items() if encoder is not encode_scalar)


builtin_encoders: Final[dict[type, Encoder]] = {
    **dict.fromkeys((type(None), bool, int, float, str, bytes), encode_scalar),
    tuple: encode_tuple,
    list: encode_list,
    dict: encode_dict,
    set: encode_set,
    frozenset: encode_frozenset,
}
_encoders: Final[dict[type, Encoder]] = dict(builtin_encoders)
scalars: Final = {kind for kind, encoder in builtin_encoders.items() if encoder is encode_scalar}
on_key_change(_forget_encoders)
on_type_change(_forget_encoders)
