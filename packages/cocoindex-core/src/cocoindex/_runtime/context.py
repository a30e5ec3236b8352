"""Values that components share: keys, and the provider that holds one environment's values. Layer: _runtime."""

from __future__ import annotations

import inspect
import os
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack
from typing import Any, Generic, TypeVar, overload

import msgspec

from cocoindex._shown import shown

from .._values import StateRef, canonical_bytes, hash16
from ..errors import ContextKeyError, ContextTypeError

T = TypeVar("T")


class ContextKey(Generic[T]):
    """A typed key for a shared value; its name identifies the value across runs.

    Args:
        key: the name; renaming it makes it another resource.
        detect_change: whether a changed value invalidates the memoized results that read it.
    """

    __slots__ = ("_detect_change", "_key")

    def __init__(self, key: str, *, detect_change: bool = False) -> None:
        if not isinstance(key, str):
            raise ContextTypeError(f"the name of a ContextKey is a str, not {type(key).__name__}: {shown(key)}")
        if not isinstance(detect_change, bool):
            raise ContextTypeError(
                f"detect_change= of ContextKey({key!r}) is True or False, not {shown(detect_change)}"
            )
        self._key = key
        self._detect_change = detect_change

    @property
    def key(self) -> str:
        return self._key

    @property
    def detect_change(self) -> bool:
        return self._detect_change

    def __repr__(self) -> str:
        return f"ContextKey({shown(self._key)})"

    def __coco_memo_key__(self) -> str:
        return self._key


class StatefulValue(msgspec.Struct, frozen=True):
    """A change-detected value that contains objects with memo states.

    Attributes:
        name: the name of its key.
        fingerprint: the identity of the value without its states.
        refs: the objects with memo states.
    """

    name: str
    fingerprint: bytes
    refs: list[StateRef]


class ContextProvider:
    """The values of one environment, by the names of their keys."""

    __slots__ = ("_fingerprints", "_refs", "_stack", "_stores", "_values")

    def __init__(self) -> None:
        self._stores: tuple[str, ...] = ()
        self._values: dict[str, Any] = {}
        self._fingerprints: dict[str, bytes] = {}
        self._refs: dict[str, list[StateRef]] = {}
        self._stack: AsyncExitStack | None = None

    def provide(self, key: ContextKey[T], value: T) -> T:
        """Set the value of `key` and return it.

        Raises:
            ContextTypeError: (a TypeError) `key` is not a `ContextKey`, or `value` is a coroutine; await it first.
        """
        _check_key(key, "provide()")
        if inspect.iscoroutine(value):
            value.close()
            raise ContextTypeError(
                f"provide() was given the coroutine {value.__qualname__}() for the context key {shown(key.key)}, which "
                "nobody has awaited: write provide(key, await ...)"
            )
        if key.detect_change:
            refs: list[StateRef] = []
            self._fingerprints[key.key] = hash16(canonical_bytes(value, refs))
            self._refs[key.key] = refs
        self._values[key.key] = value
        return value

    def provide_with(self, key: ContextKey[T], cm: AbstractContextManager[T]) -> T:
        """Enter `cm`, provide the value it yields, and exit it when the environment stops.

        Raises:
            ContextTypeError: (a TypeError) `key` is not a `ContextKey`, or `cm` is not a context manager.
        """
        _check_key(key, "provide_with()")
        if not isinstance(cm, AbstractContextManager):
            raise _no_manager("provide_with()", key, "a context manager", cm)
        return self.provide(key, self._exit_stack().enter_context(cm))

    async def provide_async_with(self, key: ContextKey[T], cm: AbstractAsyncContextManager[T]) -> T:
        """Like `provide_with`, for an asynchronous context manager."""
        _check_key(key, "provide_async_with()")
        if not isinstance(cm, AbstractAsyncContextManager):
            raise _no_manager("provide_async_with()", key, "an asynchronous context manager", cm)
        return self.provide(key, await self._exit_stack().enter_async_context(cm))

    @overload
    def get(self, key: ContextKey[T]) -> T: ...
    @overload
    def get(self, key: str) -> Any: ...
    @overload
    def get(self, key: str, t: type[T]) -> T: ...
    def get(self, key: ContextKey[Any] | str, t: type[Any] | None = None) -> Any:
        """Return the value of `key`; if `t` is given, check that it is an instance of it.

        Raises:
            ContextKeyError: (a KeyError) no value was provided for the key.
            ContextTypeError: (a TypeError) the value is not a `t`.
        """
        name = key.key if isinstance(key, ContextKey) else key
        if not isinstance(name, str):
            raise ContextTypeError(f"a context value is asked for by its ContextKey, not by {shown(key)}")
        try:
            value = self._values[name]
        except KeyError:
            raise ContextKeyError(
                f"no value was provided for the context key {shown(name)}; call builder.provide() with it in the "
                "function "
                f"that @coco.lifespan marks. Provided: {', '.join(map(repr, self._values)) or 'nothing'}"
            ) from None
        if t is not None and not _is_instance(value, t):
            raise ContextTypeError(
                f"the value of the context key {name!r} is a {type(value).__name__}, where {t.__name__} is needed"
            )
        return value

    @property
    def store_paths(self) -> tuple[str, ...]:
        """The real paths of the store folders of its environments; no connector may write there."""
        return self._stores

    def _add_store(self, path: str) -> None:
        """Record that the environment of these values keeps its store in the folder `path`."""
        self._stores = tuple({*self._stores, os.path.realpath(path)})

    def _change_fingerprint(self, name: str) -> bytes | None:
        """Return the fingerprint (16 bytes) of a change-detected key's value, without its memo states.

        None if it is not provided.
        """
        return self._fingerprints.get(name)

    def _is_stateful(self, name: str) -> bool:
        """Return whether the value of a change-detected key has memo states."""
        return bool(self._refs.get(name))

    def _stateful_values(self) -> list[StatefulValue]:
        """Return the change-detected values that have memo states."""
        found = [(name, refs) for name, refs in self._refs.items() if refs]
        return [StatefulValue(name, self._fingerprints[name], refs) for name, refs in found]

    async def aclose(self) -> None:
        """Exit the context managers that were entered, last first."""
        stack, self._stack = self._stack, None
        if stack is not None:
            await stack.aclose()

    def _exit_stack(self) -> AsyncExitStack:
        if self._stack is None:
            self._stack = AsyncExitStack()
        return self._stack


def _is_instance(value: object, t: Any) -> bool:
    try:
        return isinstance(value, t)
    except TypeError:
        raise ContextTypeError(f"the type that a context value is checked for is a class, not {shown(t)}") from None


def _check_key(key: object, function: str) -> None:
    if not isinstance(key, ContextKey):
        raise ContextTypeError(f"{function} takes a ContextKey, not {type(key).__name__}: {shown(key)}")


def _no_manager(function: str, key: ContextKey[Any], wanted: str, given: object) -> ContextTypeError:
    if isinstance(given, AbstractContextManager):
        advice = "provide_with() takes those that are not asynchronous"
    elif isinstance(given, AbstractAsyncContextManager):
        advice = "await provide_async_with() for asynchronous ones"
    elif callable(given):
        advice = "call what makes it"
    else:
        advice = "provide() takes plain values"
    return ContextTypeError(
        f"{function} takes {wanted} for the context key {shown(key.key)}, not {shown(given)}; {advice}"
    )
