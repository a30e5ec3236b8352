"""The scope of the running code: its component, its path prefix, its collector of dependencies.

Layer: _runtime.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import NoComponentError
from .block import block
from .context import ContextKey, ContextProvider
from .counts import CountBoard
from .deadline import current_deadline, under
from .failure import ExceptionHandler
from .remote_context import remote_context

if TYPE_CHECKING:
    from .running_component import RunningComponent

T = TypeVar("T")


class Frame:
    """Collects the dependencies and declarations of a memoizable call.

    Attributes:
        logic: fingerprints of the functions reached, 16 bytes each.
        context: names of the change-detected context values read, with their fingerprints.
        providers: ids and generations of the target providers used.
        nested: hashes of interned dependency sets that also apply here (of mounted children).
        states: identities of the target states declared in a memoized call; None if not needed.
        calls: keys of the memoized calls made inside a memoized call; None if not needed.
    """

    __slots__ = ("calls", "context", "logic", "nested", "providers", "states")

    def __init__(self, states: list[bytes] | None = None, calls: set[bytes] | None = None) -> None:
        self.logic: set[bytes] = set()
        self.context: set[tuple[str, bytes]] = set()
        self.providers: set[tuple[int, int]] = set()
        self.nested: set[bytes] = set()
        self.states = states
        self.calls = calls

    def repeats(self, state_id: bytes) -> bool:
        """Return whether an equal call has declared this target state, so that this one may declare it again."""
        return False

    def absorb(self, inner: Frame, *, logic: bool = True) -> None:
        """Add what `inner` collected, without its functions if `logic` is False."""
        if logic:
            self.logic |= inner.logic
        self.context |= inner.context
        self.providers |= inner.providers
        self.nested |= inner.nested
        if self.states is not None and inner.states is not None:
            self.states += inner.states
        if self.calls is not None and inner.calls is not None:
            self.calls |= inner.calls


class Scope:
    """The value of `_scope`: immutable, so that tasks and threads can share it."""

    __slots__ = ("board", "component", "frame", "handlers", "in_call", "prefix")

    def __init__(
        self,
        component: RunningComponent,
        frame: Frame,
        prefix: tuple[Any, ...] = (),
        handlers: tuple[ExceptionHandler, ...] = (),
        board: CountBoard | None = None,
        in_call: bool = False,
    ) -> None:
        self.component = component
        self.frame = frame
        self.prefix = prefix
        self.handlers = handlers
        self.board = board
        self.in_call = in_call

    def with_frame(self, frame: Frame, *, in_call: bool) -> Scope:
        return Scope(self.component, frame, self.prefix, self.handlers, self.board, in_call)


_scope: ContextVar[Scope | None] = ContextVar("cocoindex_scope", default=None)


def current_scope(what: str) -> Scope:
    """Return the scope; raise `NoComponentError` with the name `what` if no component is running."""
    scope = _scope.get()
    if scope is None:
        raise NoComponentError(what)
    return scope


class entered:  # a context manager, as a class because it is on the hot path
    """Sets `scope` for the block."""

    __slots__ = ("_entered", "_token")

    def __init__(self, scope: Scope) -> None:
        self._entered = scope

    def __enter__(self) -> Scope:
        self._token = _scope.set(self._entered)
        return self._entered

    def __exit__(self, *_: object) -> None:
        _scope.reset(self._token)


@block
def detached() -> Iterator[None]:
    """Run the block without a component and a time limit: work started there belongs to no component."""
    token = _scope.set(None)
    try:
        with under(None):
            yield
    finally:
        _scope.reset(token)


class ComponentContext:
    """The context of a running component, to be attached in threads that do not inherit it."""

    __slots__ = ("_deadline", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._deadline = current_deadline()

    @block
    def attach(self) -> Iterator[None]:
        """Make this the current context inside the block, with its time limit, in any thread."""
        with entered(self._scope), under(self._deadline):
            yield

    def __repr__(self) -> str:
        return f"ComponentContext({self._scope.component.stable_path})"

    def __coco_memo_key__(self) -> object:
        return str(self._scope.component.stable_path)


def get_component_context() -> ComponentContext:
    """Return the context of the running component, to attach in another thread."""
    return ComponentContext(current_scope("coco.get_component_context()"))


def use_context(key: ContextKey[T]) -> T:
    """Return the value that the environment provides for `key`.

    If the key has `detect_change=True`, a memoized function that reads it depends on the value.

    In a function that a runner calls in another process, it is the value provided by the worker's initializer.

    Raises:
        NoComponentError: (a RuntimeError) no component is running here.
        ContextKeyError: (a KeyError) no value was provided for the key.
    """
    scope = _scope.get()
    if scope is None and isinstance(key, ContextKey) and (remote := remote_context()) is not None:
        return remote.get(key)  # type: ignore[no-any-return]  # the value of this key
    scope = current_scope("coco.use_context()")
    provider: ContextProvider = scope.component.env.context_provider
    value = provider.get(key)
    if isinstance(key, ContextKey) and key.detect_change:
        scope.frame.context.add((key.key, scope.component.change_fingerprint(key.key) or b""))
    return value
