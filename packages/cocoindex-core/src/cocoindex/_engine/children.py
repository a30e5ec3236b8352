"""The children of one component in one update: which are mounted, open, or left from earlier updates.

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
    """Counts what is open below a component; nothing else does.

    An update is an epoch: claimed children belong to this epoch, `stale` returns those of earlier ones. A child can be
    mounted, removed or swept separately from its siblings. A live range manages its own children; here the range
    counts as one more open item until it is ready.

    Attributes:
        anchor: the component's anchor, the parent of live ranges; None until somebody asks for it.
        failure: the exception of a live range that failed before it was ready.
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
        """Record that a child is mounted at a path.

        Raises:
            PathExistsError: a child was already mounted there in this update.
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
        """Record that children are mounted under this path prefix, so that no live range can use it."""
        for length in range(1, len(parts) + 1):
            self._prefixes.add(mark_of(encode_parts(parts[:length])))

    def spare(self, prefix: bytes, parts: tuple[StableKey, ...]) -> None:
        """Reserve a path prefix for a live range: nobody else mounts or removes children there.

        Raises:
            PathExistsError: another range or a mount of this component has children there.
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
        """Return a context manager that starts `child`: the child is open from now on, and fails if the block
        raises."""
        self._open += 1
        return Expecting(child)

    def expect(self) -> None:
        """Count a child as open. The caller must make sure that it ends; see `expecting`."""
        self._open += 1

    def ended(self, child: Component) -> None:
        """Record that an expected child is complete."""
        self._open -= 1
        self._put_off -= child.put_off
        if not child.outcome.ok:
            self._component.outcome.must_run_again()
        if child.outcome.broken:
            self._component.outcome.broke(in_sink=child.outcome.in_sink)
        self._note(child)
        self._wake()

    def put_off(self, child: Component) -> None:
        """Record that an expected child continues after everything else; until then this component does not wait for
        it."""
        self._put_off += 1
        self._note(child)
        self._wake()

    def _note(self, child: Component) -> None:
        """Add the dependencies of a child."""
        deps = child.record.deps
        if deps != NO_DEPS:
            self._component.execution.frame.nested.add(deps)
        if child.record.live or child.record.flags & LIVE:
            self._component.record.live = True

    def ended_unchanged(self) -> None:
        """Record that an expected child is skipped; its dependencies were added before."""
        self._open -= 1
        self._wake()

    def range_ready(self, *, failure: BaseException | None = None) -> None:
        """Record that an expected live range is ready, or ended before it was."""
        self._open -= 1
        if failure is not None and self.failure is None:
            self.failure = failure
        self._wake()

    def _wake(self) -> None:
        if self._open == self._put_off and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def all_ended(self) -> None:
        """Wait until all children and everything below them are complete, except those put off, and all live ranges
        are ready."""
        while self._open != self._put_off:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    @property
    def are_put_off(self) -> bool:
        """Return whether some children are put off, after all others have ended."""
        return self._open > 0

    async def all_complete(self) -> None:
        """Wait for all children, including those put off."""
        while self._open:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def seal(self) -> None:
        """Record that the component has sealed its dependencies."""
        if self.anchor is not None:
            self.anchor.seal()

    def let_go(self) -> None:
        """Release the component, which has ended; its live ranges continue."""
        if self.anchor is not None:
            self.anchor.let_go()

    def stale(self, *, limit: int | None = None, after: bytes | None = None) -> list[bytes]:
        """Return the record keys of at most `limit` children of earlier updates that this one did not mount."""
        component = self._component
        found = stale_children(
            component.run.store, component.record.id, self._claimed, spared=self._spared, after=after
        )
        return list(found) if limit is None else list(islice(found, limit))


class Expecting:
    """Completes a child whose mount is abandoned half way, because its parent waits for it."""

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
    """Return the path of a child."""
    path = component.stable_path
    for part in parts:
        path = path / part
    return path
