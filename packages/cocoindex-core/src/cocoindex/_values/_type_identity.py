"""What a type is called in memo keys: its module and qualified name, or a name of its own that survives a move.

Layer `_values`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from weakref import WeakKeyDictionary

import msgspec

from cocoindex._shown import shown
from cocoindex.errors import MemoKeyRegistrationError

from ._found_by_name import is_found_by_name
from ._hash16 import fast_hash16
from ._module_name import module_name

_pack: Final = msgspec.msgpack.Encoder().encode
_STABLE: Final = b"\xc1t"
_registered: dict[type, str] = {}
_contents: WeakKeyDictionary[type, bytes] = WeakKeyDictionary()
_on_change: list[Callable[[], None]] = []


def type_identity(cls: type) -> bytes:
    """The encoded identity of `cls`; self-delimiting.

    Raises:
        MemoKeyRegistrationError: its `__coco_memo_type_id__` is not a string.
    """
    stable = _registered.get(cls)
    if stable is None:
        stable = cls.__dict__.get("__coco_memo_type_id__")
    if stable is None:
        name = _pack((module_name(cls.__module__), cls.__qualname__))
        return name if is_found_by_name(cls) else b"\xc1L" + name + _pack(_content_of(cls))
    return _STABLE + _pack(_checked(stable, cls))


def _content_of(cls: type) -> bytes:
    """Of a class that a function made, or a loop: its name says nothing. Taken once, as classes are changed by use."""
    found = _contents.get(cls)
    if found is None:
        from ._class_content import class_content  # which imports this module

        _contents[cls] = b""  # for a class that is met again on the way
        found = _contents[cls] = fast_hash16(class_content(cls))
    return found


def register_memo_type(cls: type, *, stable_type_id: str) -> None:
    """Give `cls`, but not its subclasses, an identity in memo keys that survives renaming and moving.

    Like `__coco_memo_type_id__` in the class body, for classes that are not yours; it overrides that.

    Raises:
        MemoKeyRegistrationError: `cls` is not a class, or the id is not a non-empty string.
    """
    if not isinstance(cls, type):
        raise MemoKeyRegistrationError(f"register_memo_type takes a class, not {shown(cls)}")
    _registered[cls] = _checked(stable_type_id, cls)
    for notify in _on_change:
        notify()


def on_type_change(notify: Callable[[], None]) -> None:
    """Call `notify` whenever a registration changes the identity of a type."""
    _on_change.append(notify)


def _checked(stable: object, cls: type) -> str:
    if isinstance(stable, str) and stable:
        return str(stable)
    raise MemoKeyRegistrationError(
        f"the memo type id of {cls.__qualname__} has to be a non-empty string, not {shown(stable)}"
    )
