"""The children of one component in one update: who was mounted, who is open, who is left of earlier updates.

Layer: _engine.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING

from .._keys import StableKey, StablePath, encode_parts
from ..errors import InvalidSubpathError, PathExistsError
from .keyspace import PREFIX, bounded
from .record import LIVE, NO_DEPS
from .stale import SHORT, mark_of, stale_children

if TYPE_CHECKING:
    from types import TracebackType

    from .anchor import Anchor
    from .component import Component


class Children:
    """The only one who counts what is open below a component.

    An update is an epoch: what was claimed in it is of this epoch, and `stale` gives those of earlier ones. A child may
    be mounted, removed or swept apart from its siblings. Those of a live range are the range's own affair: here, it is
    only one thing more that is open until it is ready.

    Attributes:
        anchor: what stands for the component as the parent of live ranges; None where nobody asked for it.
        failure: what a live range failed with before it was ready.
    """

    __slots__ = ("_claimed", "_component", "_open", "_prefixes", "_put_off", "_spared", "_waiter", "anchor", "failure")

    def __init__(self, component: Component) -> None:
        self._component = component
        self._claimed: set[bytes] = set()
        self._open = self._put_off = 0
        self._waiter: asyncio.Future[None] | None = None
        self._spared: list[bytes] = []
        self._prefixes: set[bytes] = set()
        self.anchor: Anchor | None = None
        self.failure: BaseException | None = None

    def claim(self, key: bytes, parts: tuple[StableKey, ...]) -> None:
        """Take note that a child is mounted at a path.

        Raises:
            PathExistsError: one was mounted there in this update.
        """
        mark = key if len(key) <= SHORT else mark_of(bounded(key))
        if mark in self._claimed:
            where = path_below(self._component, parts)
            raise PathExistsError(
                f"two components were mounted at {where}; give each a path of its own, such as "
                "coco.component_subpath(<what distinguishes it>)"
            )
        if self._spared and key.startswith(tuple(self._spared)) and key not in self._spared:
            raise PathExistsError(
                f"a component was mounted at {path_below(self._component, parts)}, among those of a live map that is "
                "mounted there; give one of the two a path of its own, such as coco.component_subpath(<its name>)"
            )
        self._claimed.add(mark)

    def note_path(self, parts: tuple[StableKey, ...]) -> None:
        """Take note that children are mounted at paths that begin so, where no live range can be then."""
        for length in range(1, len(parts) + 1):
            self._prefixes.add(mark_of(encode_parts(parts[:length])))

    def spare(self, prefix: bytes, parts: tuple[StableKey, ...]) -> None:
        """Leave the children whose path begins so to a live range: nobody else mounts or removes them.

        Raises:
            PathExistsError: another range, or a mount of this component, has children there.
            InvalidSubpathError: the path is too long.
        """
        if len(prefix) >= PREFIX:
            where = path_below(self._component, parts)
            raise InvalidSubpathError(
                f"a live map was mounted at {where}, a path of {len(prefix)} bytes below its component; "
                f"give it one of less than {PREFIX}"
            )
        if mark_of(prefix) in self._prefixes or any(
            other.startswith(prefix) or prefix.startswith(other) for other in self._spared
        ):
            raise PathExistsError(
                f"a live map was mounted at {path_below(self._component, parts)}, where other children of the "
                "component are; give each a path of its own: coco.mount_each(coco.component_subpath(<its name>), ...)"
            )
        self._spared.append(prefix)

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
        self._put_off -= child.put_off
        if not child.outcome.ok:
            self._component.outcome.child_failed()
        if child.outcome.broken:
            self._component.outcome.broke(in_sink=child.outcome.in_sink)
        self._note(child)
        self._wake()

    def put_off(self, child: Component) -> None:
        """A child that was expected goes on once all else is done: this component need not wait for it until then."""
        self._put_off += 1
        self._note(child)
        self._wake()

    def _note(self, child: Component) -> None:
        """Depend on what a child depends on."""
        deps = child.record.deps
        if deps != NO_DEPS:
            self._component.execution.frame.nested.add(deps)
        if child.record.live or child.record.flags & LIVE:
            self._component.record.live = True

    def ended_unchanged(self) -> None:
        """A child that was expected is skipped; what it depends on was noted."""
        self._open -= 1
        self._wake()

    def range_ready(self, *, failure: BaseException | None = None) -> None:
        """A live range that was expected is ready, or has ended before that."""
        self._open -= 1
        if failure is not None and self.failure is None:
            self.failure = failure
        self._wake()

    def _wake(self) -> None:
        if self._open == self._put_off and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def all_ended(self) -> None:
        """Wait until all children are complete, with all that is below them, but for those that are put off, and all
        live ranges ready."""
        while self._open != self._put_off:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    @property
    def are_put_off(self) -> bool:
        """Whether some are not complete, once all have ended that are not put off."""
        return self._open > 0

    async def all_complete(self) -> None:
        """Wait for those that were put off, too."""
        while self._open:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def seal(self) -> None:
        """The component has said what it depends on."""
        if self.anchor is not None:
            self.anchor.seal()

    def let_go(self) -> None:
        """The component has ended; its live ranges go on."""
        if self.anchor is not None:
            self.anchor.let_go()

    def stale(self, *, limit: int | None = None, after: bytes | None = None) -> list[bytes]:
        """The record keys of children of earlier updates that this one did not mount: at most `limit`."""
        component = self._component
        found = stale_children(
            component.run.store, component.record.id, self._claimed, spared=self._spared, after=after
        )
        return list(found) if limit is None else list(islice(found, limit))


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
