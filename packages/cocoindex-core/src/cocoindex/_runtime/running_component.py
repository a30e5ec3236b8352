"""The component that runs, as the layers below the engine see it: protocols, which only annotations name.

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
    """The memoized calls and kept states of the component that runs."""

    def find(self, key: bytes, /) -> Any: ...
    def keep(self, key: bytes, stored: Any, /) -> None: ...
    def use(self, key: bytes, stored: Any, /) -> None: ...
    def stored_state(self, key: bytes, /) -> bytes | None: ...
    def keep_state(self, key: bytes, encode: Callable[[], bytes], /) -> None: ...


class Dependencies(Protocol):
    """A set of what a memoized result depends on; see `Frame`."""

    @property
    def logic(self) -> frozenset[bytes]: ...
    @property
    def context(self) -> frozenset[tuple[str, bytes]]: ...
    @property
    def providers(self) -> frozenset[tuple[int, int]]: ...


class RunningComponent(Protocol):
    """The component that runs, as the layers below the engine see it, and user code through them.

    Attributes:
        frame: collects what the whole component depends on.
        unawaited: calls that have to be awaited and are not yet.
    """

    frame: Frame
    unawaited: dict[object, str] | None

    @property
    def stable_path(self) -> StablePath: ...
    @property
    def closed(self) -> bool:
        """Whether its function has returned: what it would declare, mount or keep now is lost."""
        ...

    @property
    def env(self) -> Environment: ...
    @property
    def update(self) -> object:
        """What stands for its update or drop, and lives as long."""
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
        """Whether it is over, with all that is below it."""
        ...

    def declare(self, state: Any, frame: Frame, child: Any = None, /) -> None:
        """Note a target state, with the pending provider of its children, where it is to have any."""
        ...

    def carry(self, state_ids: list[bytes], /) -> None:
        """Keep what a memoized call declared in an earlier run."""
        ...

    def dependencies_valid(self, deps: bytes, /) -> bool:
        """Whether everything in an interned set of dependencies still holds."""
        ...

    def dependencies(self, *deps: bytes) -> Dependencies:
        """The union of interned sets, with those that are nested in them."""
        ...

    def intern(self, frame: Frame, /) -> bytes:
        """The hash that stands for what `frame` collected."""
        ...

    def change_fingerprint(self, name: str, /) -> bytes | None:
        """What identifies the value of a change-detected context key in this update."""
        ...
