"""One run of a component's body: what its code declares, calls and depends on. Layer: _engine."""

from __future__ import annotations

import asyncio
from collections.abc import Set
from typing import TYPE_CHECKING, Any

from .._keys import StableKey, StablePath
from .._runtime.scope import Frame, Scope
from .._target.state import TargetState, TargetStateProvider
from ..errors import MountError, TargetStateError
from . import stored_states
from .children import path_below
from .keyspace import LONGEST, bounded
from .record import Entry
from .stored_states import StateId

if TYPE_CHECKING:
    from .._runtime.counts import CountBoard
    from .._runtime.environment import Environment
    from .calls import Calls
    from .component import Component
    from .deps import Deps
    from .plan import Declared


_NONE: frozenset[StateId] = frozenset()


class Execution:
    """The running component as user code and lower layers see it: a `RunningComponent`.

    Attributes:
        frame: collects the dependencies of the body.
        declared: the target states that the body declared.
        carried: target states declared by memoized calls of an earlier run and carried over by hits of this run.
        unawaited: calls that must be awaited and have not been.
        closed: whether the body has returned, so that it can no longer declare or mount anything.
    """

    __slots__ = ("_calls", "_known", "_providers", "carried", "closed", "component", "declared", "frame", "unawaited")

    def __init__(self, component: Component) -> None:
        self.component = component
        self._providers = component.run.providers
        self.frame = Frame()
        self.declared: dict[StateId, Declared] = {}
        self.carried: Set[StateId] = _NONE
        self.unawaited: dict[object, str] | None = None
        self.closed = False
        self._calls: Calls | None = None
        self._known: dict[StateId, Entry] | None = None

    @property
    def env(self) -> Environment:
        return self.component.run.env

    @property
    def update(self) -> object:
        return self.component.run

    @property
    def app_name(self) -> str:
        return self.component.run.store.name

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self.component.run.loop

    @property
    def stopping(self) -> bool:
        return self.component.run.stopping

    @property
    def board(self) -> CountBoard:
        return self.component.call.board

    @property
    def parent(self) -> Execution | None:
        parent = self.component.parent
        return None if parent is None else getattr(parent, "execution", None)  # gone when the component has ended

    @property
    def complete(self) -> bool:
        return self.component.outcome.complete

    @property
    def stable_path(self) -> StablePath:
        return self.component.stable_path

    def __str__(self) -> str:
        return str(self.stable_path)

    def scope(self) -> Scope:
        """Return the scope for the body."""
        component = self.component
        function = component.call.processor.function
        frame = self.frame
        if function is not None:
            if function.tracking is not None:
                frame.logic.add(function.fingerprint)
            if function.tracking != "full":
                frame = self._without_logic()
        return Scope(self, frame, (), component.run.handlers, component.call.board)

    def _without_logic(self) -> Frame:
        """Return a frame that passes on context reads, but not called functions."""
        body = Frame()
        body.context = self.frame.context
        body.providers = self.frame.providers
        return body

    def claim(self, key: bytes, parts: tuple[StableKey, ...]) -> None:
        """Record that a child is mounted at a path.

        Raises:
            PathExistsError: (a ValueError) a child was already mounted there in this update.
            MountError: (a ValueError) the body has returned.
        """
        if self.closed:
            self.refuse_closed(parts)
        self.component.children.claim(key, parts)

    def refuse_closed(self, parts: tuple[StableKey, ...]) -> None:
        """Raise MountError if the body has returned, so that nothing more can be mounted."""
        if self.closed:
            raise MountError(
                f"a component was mounted at {path_below(self.component, parts)} after the function of component "
                f"{self} had returned, so that nobody would wait for it; await what mounts it in the function itself"
            )

    def declare(
        self, state: TargetState[Any], frame: Frame, child: TargetStateProvider[Any, Any, Any] | None = None
    ) -> None:
        """Record a declared target state, with the pending provider of its children if it can have any."""
        provider = state.provider
        if provider._resolved_handler is None:
            provider.handler()
        providers = self._providers
        row = providers.rows.get(provider) or providers.row(provider)
        key = state._encoded_key
        state_id = row.prefix + (key if len(key) <= LONGEST else bounded(key))
        if self.closed or state_id in self.carried or (state_id in self.declared and not frame.repeats(state_id)):
            raise self._refuse(state)
        self.declared[state_id] = (state, row, child)
        frame.providers.add(row.dependency)
        if frame.states is not None:
            frame.states.append(state_id)

    def _refuse(self, state: TargetState[Any]) -> TargetStateError:
        if self.closed:
            return TargetStateError(
                f"the target state {state.path} was declared after the function of component {self.stable_path} had "
                "returned, so that it would be lost; await what declares it in the function itself"
            )
        return TargetStateError(
            f"the target state {state.path} was declared twice in component {self.stable_path}; "
            "declare each once, or give the second one another key"
        )

    # Memoized calls

    @property
    def calls(self) -> Calls:
        if self._calls is None:
            from .calls import Calls  # many apps have no memoized calls

            self._calls = Calls(self)
        return self._calls

    @property
    def made_calls(self) -> Calls | None:
        """Return the memoized calls and states of this run; None if there are none."""
        return self._calls

    def forget_calls(self) -> None:
        """Release the results of memoized calls after the component has ended, before this object is
        garbage-collected."""
        self._calls = None

    def carry(self, state_ids: list[StateId]) -> None:
        """Carry over what a memoized call declared in an earlier run."""
        self.carried |= {state_id for state_id in state_ids if state_id not in self.declared}

    def can_carry(self, state_ids: list[StateId]) -> bool:
        """Return whether these target states are known to be applied and still belong to this component."""
        if not state_ids:
            return True
        record = self.component.record
        if self._known is None:
            batch = self.component.run.reading()
            self._known = {} if record.data is None else stored_states.load(batch, record.data, self)
        return all(
            (entry := self._known.get(state_id)) is not None and entry.certain and self._is_mine(state_id)
            for state_id in state_ids
        )

    def _is_mine(self, state_id: StateId) -> bool:
        run, record = self.component.run, self.component.record
        return run.store.get(state_id) == record.key or run.ownership.declares(run.reading(), state_id, record.id)

    def dependencies_valid(self, deps: bytes) -> bool:
        return self.component.run.deps.valid(deps)

    def dependencies(self, *deps: bytes) -> Deps:
        return self.component.run.deps.flattened(*deps)

    def intern(self, frame: Frame) -> bytes:
        return self.component.run.deps.intern(frame)

    def change_fingerprint(self, name: str) -> bytes | None:
        return self.component.run.context_states.change_fingerprint(name)
