"""The children of one `mount_each`, for waiting callers. Layer: _component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._runtime.counts import CountBoard, GroupBoard

if TYPE_CHECKING:
    import asyncio

    from .._engine.component import Component
    from .._engine.waits import Waits


class Group:
    """The children of one `mount_each`: the number of open ones, and the first failure that left the handlers.

    Args:
        board: counts them; a `stats_group` waits for all of them.
        waits: what is waited for in the run.
    """

    __slots__ = ("_board", "_future", "_put_off", "_waits", "error", "open")

    def __init__(self, board: CountBoard | None, waits: Waits) -> None:
        self._waits = waits
        self.open = 1  # counts the iteration itself: more children may come
        self._board = board if isinstance(board, GroupBoard) else None
        if self._board is not None:
            self._board.expect()
        self.error: BaseException | None = None
        self._future: asyncio.Future[None] | None = None
        self._put_off: list[Component] = []

    def child_complete(self, error: BaseException | None) -> None:
        self.open -= 1
        if error is not None and self.error is None:
            self.error = error
        if self.open == 0:
            if self._board is not None:
                self._board.child_complete()
            if self._future is not None and not self._future.done():
                self._future.set_result(None)
        elif self._put_off:
            self._go_on()

    def child_put_off(self, child: Component) -> None:
        """Note that a child is put off until everything else is done, or somebody waits only for such children here."""
        self._put_off.append(child)
        if self._board is not None:
            self._board.child_put_off(child)
        self._go_on()

    def _go_on(self) -> None:
        if self._future is not None and not self._future.done() and self.open <= len(self._put_off):
            put_off, self._put_off = self._put_off, []
            run = put_off[0].run
            run.tasks.call_soon(run.second_tries.again, put_off)

    async def all_complete(self) -> BaseException | None:
        """Wait until all are complete; return the first failure that left the outermost exception handler."""
        import asyncio

        while self.open:
            if self._future is None or self._future.done():
                self._future = self._waits.new()
                if self._put_off:
                    self._go_on()
            await asyncio.shield(self._future)
        return self.error

    async def ready(self) -> None:
        """Wait until all are complete; raise the first failure that left the outermost exception handler."""
        if (error := await self.all_complete()) is not None:
            try:
                raise error
            finally:
                del error, self  # to which the traceback would refer
