"""`StateRef`: an object met in a memo key that wants to be asked whether it is still the same.

Layer `_values`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._hints import names_in_code, state_hint

if TYPE_CHECKING:
    from ._stored_type import StoredType


class StateSpec:
    """The state function of a type, and the type of its states, found when first asked for.

    Attributes:
        recollects: whether the function's code names `recollect_after_run`: its states are known only after the run.
    """

    __slots__ = ("_hint", "_stored", "fn", "recollects")

    def __init__(self, fn: Callable[[Any, Any], Any]) -> None:
        self.fn = fn
        self.recollects = names_in_code(fn, "recollect_after_run")
        self._hint: Any = None
        self._stored: StoredType | None = None

    @property
    def hint(self) -> Any:
        """What stored states are read as."""
        if self._hint is None or self._hint is Any:
            self._hint = state_hint(self.fn)
        return self._hint

    @property
    def stored(self) -> StoredType:
        """How its states are stored."""
        if self._stored is None:
            from ._stored_type import stored_type  # which imports this module

            hint = self.hint
            if hint is Any:  # perhaps not known yet
                return stored_type(hint)
            self._stored = stored_type(hint)
        return self._stored


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

    @property
    def stored(self) -> StoredType:
        """How its states are stored."""
        return self._spec.stored

    @property
    def recollects(self) -> bool:
        """Whether its states are known only after what depends on it has run."""
        return self._spec.recollects

    def __repr__(self) -> str:
        return f"StateRef({self.obj!r})"
