"""The scope of `process_live` and `watch`: they can read the context, but not mount or declare. Layer: _live."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from .._runtime.scope import Frame, Scope
from ..errors import MountError, TargetStateError

if TYPE_CHECKING:
    import asyncio

    from .._engine.anchor import Anchor
    from .._engine.deps import Deps
    from .._keys import StablePath
    from .._runtime.counts import CountBoard
    from .._runtime.environment import Environment


class LoopComponent:
    """The component of a running loop, as a `RunningComponent`. What a loop reads or calls is no dependency."""

    def __init__(self, anchor: Anchor, board: CountBoard) -> None:
        self._anchor = anchor
        self._run = anchor.run
        self.board = board
        self.frame = Frame()
        self.unawaited: dict[object, str] | None = None
        self.calls = _NothingKept()
        self.closed = False

    def scope(self) -> Scope:
        """Return the scope for the loop."""
        return Scope(self, self.frame, (), (), self.board)

    @property
    def stable_path(self) -> StablePath:
        return self._anchor.stable_path

    def __str__(self) -> str:
        return str(self.stable_path)

    @property
    def env(self) -> Environment:
        return self._run.env

    @property
    def update(self) -> object:
        return self._run

    @property
    def app_name(self) -> str:
        return self._run.store.name

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._run.loop

    @property
    def parent(self) -> None:
        return None

    @property
    def stopping(self) -> bool:
        return self._run.stopping

    @property
    def complete(self) -> bool:
        return False

    def refuse_mount(self) -> NoReturn:
        """Raise MountError, because a mount would have no parent."""
        raise MountError(
            f"nothing can be mounted in the process_live() or watch() of {self}; call update() or delete() of the "
            "operator or subscriber that it was given, or mount in process()"
        )

    def declare(self, state: Any, frame: Frame, child: Any = None, /) -> None:
        raise TargetStateError(
            f"the target state {state.path} was declared in the process_live() or watch() of {self}; declare it in "
            "process(), or in a function that the operator or subscriber mounts"
        )

    def carry(self, state_ids: list[bytes], /) -> None:
        """Do nothing: nothing was kept."""

    def dependencies_valid(self, deps: bytes, /) -> bool:
        return self._run.deps.valid(deps)

    def dependencies(self, *deps: bytes) -> Deps:
        return self._run.deps.flattened(*deps)

    def intern(self, frame: Frame, /) -> bytes:
        return self._run.deps.intern(frame)

    def change_fingerprint(self, name: str, /) -> bytes | None:
        return self._run.context_states.change_fingerprint(name)


class _NothingKept:
    """Replaces the memo of calls: memoized calls in a loop run each time."""

    def find(self, key: bytes, /) -> Any:
        return None

    def keep(self, key: bytes, stored: Any, /) -> None:
        """It is not kept."""

    def use(self, key: bytes, stored: Any, /) -> None:
        """There is nothing to be used."""

    def abandon(self, key: bytes, states: list[bytes], /) -> None:
        """Nothing is declared in a loop."""

    def abandoned(self, key: bytes, state_id: bytes, /) -> bool:
        return False

    def stored_state(self, key: bytes, /) -> bytes | None:
        return None

    def keep_state(self, key: bytes, encode: Callable[[], bytes], /) -> None:
        """It is not kept."""
