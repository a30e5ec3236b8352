"""`coco.use_state`: values that a component keeps from one run to the next. Layer: _function."""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar, overload

from cocoindex._shown import shown

from .._keys import StableKey, encode_key
from .._runtime.scope import current_scope
from .._values import make_deserializer, serialize, stored_type
from ..errors import DeserializationError, SerializationError, StateClosedError, StateKeyError

T = TypeVar("T")


class StateHandle(Generic[T]):
    """A value that a component keeps from one run to the next; returned by `coco.use_state`."""

    __slots__ = ("_closed", "_component", "_key", "_stored", "_type_hint", "_value")

    def __init__(
        self, component: Any, key: StableKey, initial: T, stored: bytes | None = None, type_hint: Any = None
    ) -> None:
        self._component = component
        self._key = key
        self._value: Any = initial if stored is None else _NOT_READ
        self._stored = stored
        self._type_hint = type_hint
        self._closed = False

    @property
    def value(self) -> T:
        """The value; assign to it to store a value for the next run.

        It is stored when the component is committed, as it is then. Assign a value that was changed in place, or it is
        not stored.

        Raises:
            DeserializationError: (a ValueError) the stored value does not fit the type hint; assigning replaces it.
            StateClosedError: (a RuntimeError) it was assigned after the component had run.
        """
        if self._value is _NOT_READ:
            assert self._stored is not None
            self._value = _read(self._component, self._key, self._stored, self._type_hint)
        return self._value  # type: ignore[no-any-return]  # what the type hint says

    @value.setter
    def value(self, value: T) -> None:
        if self._closed or self._component.complete:
            raise StateClosedError(
                f"the state {self._key!r} was assigned after its component {self._component.stable_path} had run; "
                "assign it in the component's function, or in what that waits for"
            )
        self._value = value
        self._stored = None

    def _encode(self) -> bytes:
        """What is to be stored; afterwards it cannot be assigned any more."""
        self._closed = True
        if self._stored is None:
            try:
                self._stored = self._encoded()
            except SerializationError as error:
                raise error.of(f"the state {self._key!r} of component {self._component.stable_path}") from error
        return self._stored

    def _encoded(self) -> bytes:
        data = stored_type(Any if self._type_hint is None else self._type_hint).write(self._value)
        try:
            _decoded(data, self._type_hint)
        except DeserializationError as error:
            hint = self._type_hint.__qualname__ if isinstance(self._type_hint, type) else self._type_hint
            cause = f"the next run could not read it as the type_hint {hint}"
            raise SerializationError(f"the value {shown(self._value)}", "", cause) from error
        return data

    def __repr__(self) -> str:
        shown = "<not read yet>" if self._value is _NOT_READ else repr(self._value)
        return f"StateHandle({self._key!r}, value={shown})"


@overload
def use_state(key: StableKey, initial_value: T, *, type_hint: type[T] | None = None) -> StateHandle[T]: ...
@overload
def use_state(key: StableKey, initial_value: None = None, *, type_hint: type[T]) -> StateHandle[T | None]: ...
@overload
def use_state(key: StableKey, initial_value: Any = None, *, type_hint: Any = None) -> StateHandle[Any]: ...
def use_state(key: StableKey, initial_value: Any = None, *, type_hint: Any = None) -> StateHandle[Any]:
    """Keep a value from one run of the component to the next.

    The first run gets `initial_value`, each later run the `value` that the run before it left in the handle. A failed
    run stores nothing; a run that no longer uses a key drops its state; `full_reprocess` starts with `initial_value`.

    Args:
        key: identifies the state within the component.
        initial_value: the value while nothing is stored; it is stored, too.
        type_hint: the type as which stored values are deserialized when `value` is read; basic Python types without
            one. None stays None. A stored value that cannot be read can be replaced: assign to `value`.

    Raises:
        NoComponentError: (a RuntimeError) no component is running here.
        StateKeyError: (a RuntimeError) used inside a `with coco.component_subpath(...)` block, inside a memoized call
            (a cache hit would skip it), or twice for one key in one run.
        StateClosedError: (a RuntimeError) the component's function has returned.
        DeserializationError: (a ValueError) `type_hint` is not a type that can be stored.
        SerializationError: (a TypeError) when the component is committed: the value cannot be stored, or not be read as
            `type_hint`.
    """
    component = _component_of(key)
    encoded = encode_key(key)
    if type_hint is not None:
        _check_hint(key, type_hint)
    stored: bytes | None = component.calls.stored_state(encoded)
    handle = StateHandle(component, key, initial_value, stored, type_hint)
    component.calls.keep_state(encoded, handle._encode)
    return handle


def _component_of(key: StableKey) -> Any:
    scope = current_scope("coco.use_state()")
    where = f"coco.use_state({key!r}) in component {scope.component.stable_path}"
    if scope.prefix:
        raise StateKeyError(
            f"{where} was called inside a `with coco.component_subpath()` block; states belong to the component, "
            "whatever the block: call it outside"
        )
    if scope.in_call:
        raise StateKeyError(
            f"{where} was called inside a memoized function, which a memo hit would skip with its states; call it in "
            "the component's function and pass the value, or mount the memoized function as a component"
        )
    if scope.component.closed:
        raise StateClosedError(
            f"{where} was called after its function had returned, so that the state would not be stored; call it in "
            "the function itself"
        )
    return scope.component


def _read(component: Any, key: StableKey, stored: bytes, type_hint: Any) -> Any:
    try:
        return _decoded(stored, type_hint)
    except DeserializationError as error:
        raise DeserializationError(
            f"the stored state {key!r} of component {component.stable_path} cannot be read: {error}. Assign to its "
            "`value` to replace it; to begin again with its initial value, give it another key, or update once with "
            "full_reprocess=True"
        ) from error


def _check_hint(key: StableKey, type_hint: Any) -> None:
    try:
        make_deserializer(type_hint)
    except DeserializationError as error:
        raise DeserializationError(f"type_hint= of coco.use_state({key!r}) is {shown(type_hint)}: {error}") from error


def _decoded(data: bytes, type_hint: Any) -> Any:
    if type_hint is None:
        return stored_type(Any).read(data)
    return None if data == _NONE else stored_type(type_hint).read(data)


_NONE: Final = serialize(None)
_NOT_READ: Final = object()
