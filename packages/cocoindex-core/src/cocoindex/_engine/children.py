"""The children of one component in one update: who was mounted, who is open, who is left of earlier updates.

Layer: _engine.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .._keys import StableKey, StablePath
from .._values import hash16
from ..errors import PathExistsError
from .keyspace import CHILD, bounded
from .record import NO_DEPS

if TYPE_CHECKING:
    from types import TracebackType

    from .component import Component

_CHUNK = 1024


class Children:
    """The only one who counts what is open below a component.

    An update is an epoch: what was claimed in it is of this epoch, and `stale` gives those of earlier ones. A child may
    be mounted, removed or swept apart from its siblings.
    """

    __slots__ = ("_claimed", "_component", "_open", "_waiter")

    def __init__(self, component: Component) -> None:
        self._component = component
        self._claimed: set[bytes] = set()
        self._open = 0
        self._waiter: asyncio.Future[None] | None = None

    def claim(self, key: bytes, parts: tuple[StableKey, ...]) -> None:
        """Take note that a child is mounted at a path.

        Raises:
            PathExistsError: one was mounted there in this update.
        """
        mark = _mark_of(bounded(key))
        if mark in self._claimed:
            where = path_below(self._component, parts)
            raise PathExistsError(
                f"two components were mounted at {where}; give each a path of its own, such as "
                "coco.component_subpath(<what distinguishes it>)"
            )
        self._claimed.add(mark)

    def expecting(self, child: Component) -> Expecting:
        """A block in which `child` is set going: it is open from now on, and fails with what leaves the block."""
        self._open += 1
        return Expecting(child)

    def expect(self) -> None:
        """Count a child as open, of which the caller sees to it that it ends; see `expecting`."""
        self._open += 1

    def ended(self, child: Component) -> None:
        """A child that was expected is complete."""
        self._open -= 1
        if not child.outcome.ok:
            self._component.outcome.child_failed()
        deps = child.record.deps
        if deps != NO_DEPS:
            self._component.execution.frame.nested.add(deps)
        if self._open == 0 and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def all_ended(self) -> None:
        """Wait until all children are complete, with all that is below them."""
        while self._open:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def stale(self, *, limit: int | None = None, after: bytes | None = None) -> list[bytes]:
        """The record keys of children of earlier updates that this one did not mount: at most `limit`."""
        prefix = CHILD + self._component.record.id
        found: list[bytes] = []
        while True:
            keys = self._component.run.store.scan_keys(prefix, after=after, limit=_CHUNK)
            for key in keys:
                if _mark_of(key[len(prefix) :]) not in self._claimed:
                    found.append(key)
                    if len(found) == limit:
                        return found
            if len(keys) < _CHUNK:
                return found
            after = keys[-1]


class Expecting:
    """Sees to it that a child whose mount is given up half way is complete, as its parent waits for it."""

    __slots__ = ("_child",)

    def __init__(self, child: Component) -> None:
        self._child = child

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None and not self._child.run.stopping:
            self._child.give_up(error)


def path_below(component: Component, parts: tuple[StableKey, ...]) -> StablePath:
    """The path of a child."""
    path = component.stable_path
    for part in parts:
        path = path / part
    return path


def _mark_of(path: bytes) -> bytes:
    """What is held in memory of a child's path below its parent: at most 16 bytes."""
    return path if len(path) <= 16 else hash16(path)
