"""`StateRef`: an object met in a memo key that wants to be asked whether it is still the same.

Layer `_values`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._hints import state_hint


class StateSpec:
    """The state function of a type, and the type of its states, found when first asked for."""

    __slots__ = ("_hint", "fn")

    def __init__(self, fn: Callable[[Any, Any], Any]) -> None:
        self.fn = fn
        self._hint: Any = None

    @property
    def hint(self) -> Any:
        """What stored states are read as."""
        if self._hint is None or self._hint is Any:
            self._hint = state_hint(self.fn)
        return self._hint


class StateRef:
    """An object with a state function.

    Attributes:
        obj: the object.
        hint: the annotated type of its states, `Any` where there is none.
    """

    __slots__ = ("_spec", "obj")

    def __init__(self, obj: Any, spec: StateSpec) -> None:
        self.obj = obj
        self._spec = spec

    def fn(self, prev_state: Any) -> Any:
        """Ask the state function: a `MemoStateOutcome` or an awaitable of one."""
        return self._spec.fn(self.obj, prev_state)

    @property
    def hint(self) -> Any:
        return self._spec.hint

    def __repr__(self) -> str:
        return f"StateRef({self.obj!r})"
