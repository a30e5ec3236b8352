"""Registered memo keys: the key functions of types.

Layer `_values`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import msgspec

from cocoindex._shown import shown
from cocoindex.errors import MemoKeyError, MemoKeyRegistrationError

from ._call_shape import call_misfit

T = TypeVar("T")


class MemoKeyEntry(msgspec.Struct, frozen=True):
    """One registration, for the objects of `owner` and its subclasses."""

    owner: type
    key_fn: Callable[[Any], object]
    state_fn: Callable[[Any, Any], Any] | None


entries: dict[type, MemoKeyEntry] = {}
_on_change: list[Callable[[], None]] = []


class NotMemoKeyable:
    """Base class for objects that must not be part of a memo key because they change while in use."""

    def __coco_memo_key__(self) -> NoReturn:
        refuse(self)


def register_memo_key_function(
    typ: type[T], key_fn: Callable[[T], object], *, state_fn: Callable[[T, Any], Any] | None = None
) -> None:
    """Use `key_fn(obj)` for objects of `typ` in memo keys; the most specific registered base class wins.

    Args:
        key_fn: returns a small, stable value that identifies the object.
        state_fn: called as `state_fn(obj, prev_state)`; returns a `MemoStateOutcome`, or an awaitable of one, that
            says whether a memoized result is still valid.

    Raises:
        MemoKeyRegistrationError: (a TypeError) `typ` is not a class, or a function has the wrong signature.
    """
    if not isinstance(typ, type):
        raise MemoKeyRegistrationError(f"register_memo_key_function takes a class, not {shown(typ)}")
    _check("key_fn", "an object", 1, key_fn, typ)
    if inspect.iscoroutinefunction(key_fn):
        raise MemoKeyRegistrationError(f"key_fn for {typ.__qualname__} is async; only state_fn can be")
    if state_fn is not None:
        _check("state_fn", "an object and its previous state", 2, state_fn, typ)
    entries[typ] = MemoKeyEntry(typ, key_fn, state_fn)
    for notify in _on_change:
        notify()


def _check(name: str, of_what: str, count: int, function: object, typ: type) -> None:
    if not callable(function):
        raise MemoKeyRegistrationError(
            f"{name} for {typ.__qualname__} has to be a function of {of_what}, not {shown(function)}"
        )
    if (why := call_misfit(function, (None,) * count)) is not None:
        raise MemoKeyRegistrationError(f"{name} for {typ.__qualname__} has to be a function of {of_what}: {why}")


def register_not_memo_keyable(typ: type) -> None:
    """Refuse objects of `typ` in memo keys, as if it derived from `NotMemoKeyable`.

    Raises:
        MemoKeyRegistrationError: `typ` is not a class.
    """
    register_memo_key_function(typ, refuse)


def on_key_change(notify: Callable[[], None]) -> None:
    """Call `notify` whenever a key function is registered."""
    _on_change.append(notify)


def refuse(obj: object) -> NoReturn:
    """The key function of objects that must not be part of a memo key."""
    raise MemoKeyError(type(obj), "it has state that changes while it is used, and declares that it cannot be a key")
