"""How a live range uses the engine: it mounts and removes children. Layer: _live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, Any, Protocol

from .._engine.component import Component
from .._engine.keyspace import CHILD, bounded
from .._engine.memo_check import skip_or_launch
from .._engine.record import NO_DEPS
from .._engine.removal import Removal, Removals
from .._engine.sweep import remove_child
from ..errors import StoreError

if TYPE_CHECKING:
    from .._engine.anchor import Anchor
    from .._engine.mount_call import MountCall
    from .._engine.outcome import Outcome
    from .._engine.roll import Lasting
    from .._keys import StableKey
    from .._runtime.counts import CountBoard
    from .._runtime.failure import ExceptionHandler
    from .needs import Done


class Work(Protocol):
    """The work to run at one key of a range."""

    async def begin(self, port: EnginePort, key: bytes, done: Done) -> None:
        """Start; `done` is called at the end in any case."""
        ...


class MountWork:
    """Mounts a function with its arguments."""

    __slots__ = ("args", "call", "key", "parts")

    def __init__(self, call: MountCall, parts: tuple[StableKey, ...], key: bytes, args: tuple[Any, ...]) -> None:
        self.call = call
        self.parts = parts
        self.key = key
        self.args = args

    async def begin(self, port: EnginePort, key: bytes, done: Done) -> None:
        data = port.anchor.run.store.get(port.below + key)
        child = Component(self.call, self.parts, self.key, data, self.args)
        port.expect(key, done)
        await port.start(child)


class EnginePort:
    """The port of one range.

    Attributes:
        anchor: the parent of the range's children.
        below: the prefix of their record keys.
        member: the range as it is in the roll.
        board, handlers: count its children and receive their failures.
        is_overtaken: returns whether there is a newer call for a key, or one comes soon.
        on_ran: called with the dependencies of each child that ran or was skipped; None if they are not needed.
    """

    def __init__(
        self, anchor: Anchor, member: Lasting, board: CountBoard, handlers: tuple[ExceptionHandler, ...]
    ) -> None:
        self._run = anchor.run
        self.anchor = anchor
        self.below = CHILD + anchor.record.id
        self.member = member
        self.board = board
        self.handlers = handlers
        self.is_overtaken: Callable[[bytes], Awaitable[bool]]
        self.on_ran: Callable[[bytes], None] | None = None
        self._running: dict[bytes, Done] = {}
        self._nested: dict[Outcome, None] = {}

    # The interface `Port`

    def run(self, key: bytes, work: Work, done: Done) -> None:
        self._run.spawn(_quietly(lambda: work.begin(self, key, done)))

    def remove(self, key: bytes, done: Done) -> None:
        self._run.spawn(_quietly(lambda: self._remove(key, done)))

    async def _remove(self, key: bytes, done: Done) -> None:
        removals = self.removals()
        await remove_child(removals, self.anchor, self.below + key, _Removed(self, done))
        await removals.quiet()
        if self._run.is_ready:
            await self._run.finish_postponed(removals)
        self.board.changed()

    def removals(self) -> Removals:
        """Return removals of children of this range."""
        return Removals(self._run, self.board, self.handlers, kind="process_live")

    # Live components among its children, which continue after their mount

    def expect_nested(self, outcome: Outcome) -> None:
        """Note that a live component is mounted as a child; the range is not ready before it."""
        self._nested[outcome] = None

    def nested_ready(self, outcome: Outcome) -> None:
        """Note that it is ready, or failed or ended before that."""
        del self._nested[outcome]

    async def all_nested_ready(self) -> None:
        """Wait until all mounted live components are ready."""
        for outcome in list(self._nested):
            await outcome.wait()

    # How its children run

    async def start(self, child: Component) -> None:
        """Skip an expected child if its earlier run is valid; otherwise run it."""
        self.board.of(child.name).starts += 1
        await skip_or_launch(child, self.launch)

    async def launch(self, child: Component) -> None:
        """Run a child after the live parts of its earlier run have ended."""
        self.anchor.disturb()
        await self._run.bodies.launch(child)

    def expect(self, key: bytes, done: Done) -> None:
        """Register `done` for the end of the component at `key`."""
        self._running[key] = done

    def under_way(self) -> Collection[object]:
        """Return the running children among the expected ones."""
        return self._running.values()

    async def overtakes(self, child: Component) -> bool:
        """Return whether a newer call handles a failed child, or will in a moment."""
        return await self.is_overtaken(bounded(child.key))

    def removal_failed(self) -> None:
        """Note that a child could not be removed: the components above must run in the next update."""
        self.anchor.child_ended(ok=False, deps=NO_DEPS)

    def ended(self, child: Component) -> None:
        """Called when a child is complete (see `Told`)."""
        outcome = child.outcome
        self.anchor.child_ended(ok=outcome.ok, deps=child.record.deps)
        if self.on_ran is not None:
            self.on_ran(child.record.deps)
        error = outcome.error
        if error is None and outcome.broken:
            error = _BrokenBelow()
        self._running.pop(bounded(child.key))(error, propagated=outcome.propagated, in_sink=outcome.in_sink)
        self.board.changed()


class _BrokenBelow(Exception):
    """Reports to a range that a child must be retried because something below it failed; that failure was reported
    already."""


class _Removed:
    """Passes on the result of a child's removal."""

    __slots__ = ("_done", "_port")

    def __init__(self, port: EnginePort, done: Done) -> None:
        self._port = port
        self._done = done

    def removed(self, removal: Removal, error: BaseException | None, propagated: BaseException | None) -> None:
        if error is not None:
            self._port.removal_failed()
        in_sink = error is not None and removal.plan is not None
        self._done(error, propagated=propagated, in_sink=in_sink)


async def _quietly(work: Callable[[], Awaitable[None]]) -> None:
    """Run `work`; an error of the store ends the update."""
    try:
        await work()
    except StoreError:
        pass
