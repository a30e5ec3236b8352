"""Handles to mounted components. Layer: _component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._runtime.counts import CountBoard, GroupBoard
from .._runtime.deadline import check_deadline, current_deadline

if TYPE_CHECKING:
    import asyncio

    from .._engine.component import Component


class ComponentMountHandle:
    """Lets one wait until mounted components are ready: their target states applied, and all below them too."""

    __slots__ = ("_component", "_group", "_loop")

    def __init__(self, component: Component | None = None, group: Group | None = None) -> None:
        import asyncio

        self._component = component
        self._group = group
        self._loop = asyncio.get_running_loop()

    async def ready(self) -> None:
        """Wait; may be called several times.

        Raises:
            What leaves the outermost exception handler, and nothing else that happened to the components.
            EnvironmentLoopError: (a RuntimeError) this is not the loop that the components run on.
            DeadlineExceededError: (a TimeoutError) the time limit of the caller has passed; the components go on.
        """
        from .._runtime.operation import refuse_other_loop

        refuse_other_loop(self._loop, "ready()")
        if self._component is not None:
            outcome = self._component.outcome
            await outcome.wait()
            if outcome.propagated is not None:
                raise outcome.propagated
        if self._group is not None:
            await self._group.wait()
        check_deadline(current_deadline(), "ready()")


class Group:
    """The children of one `mount_each`: how many are open, and the first failure that a handler let through.

    Args:
        board: where they are counted; a `stats_group` waits for them all.
    """

    __slots__ = ("_board", "_future", "error", "open")

    def __init__(self, board: CountBoard | None) -> None:
        self.open = 1  # that more may come
        self._board = board if isinstance(board, GroupBoard) else None
        if self._board is not None:
            self._board.expect()
        self.error: BaseException | None = None
        self._future: asyncio.Future[None] | None = None

    def child_complete(self, error: BaseException | None) -> None:
        self.open -= 1
        if error is not None and self.error is None:
            self.error = error
        if self.open == 0:
            if self._board is not None:
                self._board.child_complete()
            if self._future is not None and not self._future.done():
                self._future.set_result(None)

    async def wait(self) -> None:
        import asyncio

        while self.open:
            if self._future is None or self._future.done():
                self._future = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._future)
        if self.error is not None:
            raise self.error
