"""One memoized call inside a component: what it finds, collects and stores. Layer: _function."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from .._runtime.scope import Scope
from .._values import StateRef
from ..errors import DeserializationError, SerializationError
from .call_frame import CallFrame
from .in_flight import Flight
from .memo_state import NO_STATES, StateCheck, decode_states
from .outcome import Outcome
from .stored_call import StoredCall
from .tracked_call import leave_tracked

if TYPE_CHECKING:
    from .._runtime.running_component import MemoizedCalls
    from .function import Function

MISS: Final = object()


class MemoCall(Flight):
    """A memoized call whose result is not known yet.

    Args:
        calls: the memoized calls of the component.
        key: its memo key.
        refs: the arguments that have memo states.
        in_thread: whether its body runs in this thread.
    """

    __slots__ = ("_began", "_body", "_calls", "_fn", "_memo_key", "_refs", "_scope")

    def __init__(
        self,
        fn: Function[..., Any],
        scope: Scope,
        calls: MemoizedCalls,
        key: bytes,
        refs: list[StateRef],
        *,
        in_thread: bool,
    ) -> None:
        Flight.__init__(self, scope.component, key, CallFrame(scope.frame, [], set()), in_thread)
        self._calls = calls
        self._fn = fn
        self._scope = scope
        self._memo_key = key
        self._refs = refs
        self._body = self.frame
        self._began = False

    def __str__(self) -> str:
        return f"the memoized function {self._fn.name} in component {self._scope.component.stable_path}"

    def previous(self, stored: StoredCall | None) -> list[Any]:
        """Return the previous memo states of its arguments."""
        return decode_states(self._refs, None if stored is None else stored.states)

    def hit(self, stored: StoredCall, check: StateCheck) -> Any:
        """Return the stored result if it is still valid; `MISS` otherwise."""
        return replay(self._fn, self._scope, self._calls, self._memo_key, stored, check)

    def after(self, first: Flight, ended: Outcome) -> Any:
        """Return the result of an equal call that has ended, or raise its exception; `MISS` if it has no usable
        result."""
        if ended.error is not None:
            deps = self._scope.component.intern(first.frame)
            _pass_on(self._fn, self._scope, deps, first.frame.states or (), first.frame.calls or ())
            return ended.get()
        if self._refs or (stored := self._calls.find(self._memo_key)) is None:
            return MISS
        return self.hit(stored, NO_STATES)

    def begin_body(self) -> Scope:
        """Return the scope for the body, which collects for this call."""
        self._began = True
        if self._fn.tracking != "full":  # its functions are not kept
            self._body = CallFrame(self.frame, self.frame.states, self.frame.calls, entry=self.frame)
        return self._scope.with_frame(self._body, in_call=True)

    def remember(self, check: StateCheck, result: Any) -> None:
        """Store the result, and add its dependencies to the caller."""
        deps = self._intern()
        frame = self.frame
        assert frame.states is not None and frame.calls is not None
        stored = StoredCall(deps, check.stored(), self._encode(result), list(frame.states), sorted(frame.calls))
        self._calls.keep(self._memo_key, stored)
        _pass_on(self._fn, self._scope, deps, stored.targets, (self._memo_key,))

    def fail(self, exc: BaseException) -> None:
        """Add the dependencies of a failure to the caller, which may catch it, and keep what was declared until then.

        A failure before the body begins concerns the arguments of this call only; equal calls do not share it.
        """
        self.raised = exc if self._began else None
        if self.frame.states is not None and (self.frame.states or not self._in_thread):
            self._calls.abandon(self._memo_key, self.frame.states)
        _pass_on(self._fn, self._scope, self._intern(), self.frame.states or (), self.frame.calls or ())

    def repeats(self, state_id: bytes) -> bool:
        """Return whether an equal call, which runs beside it or has failed, has declared this target state."""
        if Flight.repeats(self, state_id):
            return True
        return self._calls.abandoned(self._memo_key, state_id) and state_id not in (self.frame.states or ())

    def _intern(self) -> bytes:
        if self._body is not self.frame:
            scope = self._scope
            leave_tracked(scope.with_frame(self.frame, in_call=True), scope.with_frame(self._body, in_call=True))
        if self._fn.tracking is not None:
            self.frame.logic.add(self._fn.fingerprint)
        return self._scope.component.intern(self.frame)

    def _encode(self, result: Any) -> bytes:
        try:
            return self._fn.stored_result.write(result)
        except SerializationError as error:
            where = f"in component {self._scope.component.stable_path}"
            raise error.of(f"the result of {self._fn.name} {where}, which is memoized,") from error


def replay(
    fn: Function[..., Any], scope: Scope, calls: MemoizedCalls, key: bytes, stored: StoredCall, check: StateCheck
) -> Any:
    """Return the result of `stored` and replay its declarations, if it is still valid; else return `MISS`."""
    component = scope.component
    if not check.valid or not component.dependencies_valid(stored.deps):
        return MISS
    try:
        result = fn.stored_result.read(stored.result)
    except DeserializationError as exc:
        from .unreadable import tell_unreadable  # most can be read

        tell_unreadable(component.update, f"memoized result of {fn.name} in {component.stable_path}", fn.name, exc)
        return MISS
    if check.changed:
        stored = StoredCall(stored.deps, check.stored(), stored.result, stored.targets, stored.calls)
        calls.keep(key, stored)
    calls.use(key, stored)
    if stored.targets:
        component.carry(stored.targets)
    _pass_on(fn, scope, stored.deps, stored.targets, (key,))
    return result


def _pass_on(
    fn: Function[..., Any], scope: Scope, deps: bytes, states: Iterable[bytes], calls: Iterable[bytes]
) -> None:
    """Pass the dependencies, declarations and calls on to the caller.

    Args:
        deps: the interned dependencies of the call.
        states: the target states that it declared.
        calls: its own memo key if it is stored, else the keys of the calls that it made.
    """
    frame = scope.frame
    if fn.tracking == "full" and (frame is scope.component.frame or isinstance(frame, CallFrame)):
        frame.nested.add(deps)
    else:  # context reads always count; if functions do not, nested sets must be flattened now
        found = scope.component.dependencies(deps)
        frame.context |= found.context
        frame.providers |= found.providers
        if fn.tracking == "self":
            frame.logic.add(fn.fingerprint)
    if frame.states is not None:
        frame.states += states
    if frame.calls is not None:
        # The content of a stored call is in its own row, so that a chain of calls takes space linear in its length.
        frame.calls.update(calls)
