"""The running component as the layers below the engine see it: protocols for annotations.

Layer: _runtime.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import asyncio

    from .._keys import StablePath
    from .counts import CountBoard
    from .environment import Environment
    from .scope import Frame


class MemoizedCalls(Protocol):
    """The memoized calls and kept states of the running component."""

    def find(self, key: bytes, /) -> Any: ...
    def keep(self, key: bytes, stored: Any, /) -> None: ...
    def use(self, key: bytes, stored: Any, /) -> None: ...
    def abandon(self, key: bytes, states: list[bytes], /) -> None: ...
    def abandoned(self, key: bytes, state_id: bytes, /) -> bool: ...
    def stored_state(self, key: bytes, /) -> bytes | None: ...
    def keep_state(self, key: bytes, encode: Callable[[], bytes], /) -> None: ...


class Dependencies(Protocol):
    """A set of dependencies of a memoized result; see `Frame`."""

    @property
    def logic(self) -> frozenset[bytes]: ...
    @property
    def context(self) -> frozenset[tuple[str, bytes]]: ...
    @property
    def providers(self) -> frozenset[tuple[int, int]]: ...


class RunningComponent(Protocol):
    """The running component as the layers below the engine see it, and through them user code.

    Attributes:
        frame: collects the dependencies of the whole component.
        unawaited: calls that must be awaited and have not been.
    """

    frame: Frame
    unawaited: dict[object, str] | None

    @property
    def stable_path(self) -> StablePath: ...
    @property
    def closed(self) -> bool:
        """Whether its function has returned, so that it can no longer declare, mount or keep anything."""
        ...

    @property
    def env(self) -> Environment: ...
    @property
    def update(self) -> object:
        """An object that represents its update or drop and lives as long."""
        ...

    @property
    def app_name(self) -> str: ...
    @property
    def loop(self) -> asyncio.AbstractEventLoop: ...
    @property
    def board(self) -> CountBoard: ...
    @property
    def parent(self) -> RunningComponent | None: ...
    @property
    def calls(self) -> MemoizedCalls: ...
    @property
    def stopping(self) -> bool:
        """Whether its update was cancelled."""
        ...

    @property
    def complete(self) -> bool:
        """Whether it and everything below it is complete."""
        ...

    def declare(self, state: Any, frame: Frame, child: Any = None, /) -> None:
        """Record a declared target state, with the pending provider of its children if it can have any."""
        ...

    def carry(self, state_ids: list[bytes], /) -> None:
        """Carry over what a memoized call declared in an earlier run."""
        ...

    def dependencies_valid(self, deps: bytes, /) -> bool:
        """Return whether an interned set of dependencies is still valid."""
        ...

    def dependencies(self, *deps: bytes) -> Dependencies:
        """Return the union of interned sets and their nested sets."""
        ...

    def intern(self, frame: Frame, /) -> bytes:
        """Return the hash of the dependencies that `frame` collected."""
        ...

    def change_fingerprint(self, name: str, /) -> bytes | None:
        """Return the identity of a change-detected context key's value in this update."""
        ...
