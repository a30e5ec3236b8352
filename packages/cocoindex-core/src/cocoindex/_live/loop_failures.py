"""What is said of the failures of the loop of a live range. Layer: _live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._runtime.failure import ExceptionContext
from ..errors import MountTypeError

if TYPE_CHECKING:
    from .._engine.anchor import Anchor
    from .._runtime.counts import CountBoard
    from .._runtime.failure import ExceptionHandler


class LoopFailures:
    """Tells the handlers of failures of one loop, each once.

    Args:
        anchor: what the children of the range are children of.
        board, handlers: where a failure is counted, and who is told.

    Attributes:
        are_told: whether there was one.
    """

    def __init__(self, anchor: Anchor, board: CountBoard, handlers: tuple[ExceptionHandler, ...]) -> None:
        self._anchor = anchor
        self._board = board
        self._handlers = handlers
        self.are_told = False
        self._told: BaseException | None = None

    async def tell(self, error: BaseException) -> BaseException | None:
        """Tell the handlers of a failure of the loop itself, unless they were told; returns what leaves them."""
        if error is self._told:
            return error
        self.are_told = True
        self._board.of(self._anchor.name).errors += 1
        self._board.changed()
        return await self._anchor.run.tell(error, self._context(), self._handlers)

    def was_told(self, propagated: BaseException) -> None:
        """What a call of the loop raises was told already."""
        self._told = propagated

    async def report_exception(self, exc: BaseException) -> None:
        """Tell of what the loop itself has met."""
        if not isinstance(exc, BaseException):
            raise MountTypeError(f"report_exception() takes an exception, not a {type(exc).__name__}")
        propagated = await self.tell(exc)
        if propagated is not None:
            self.was_told(propagated)
            raise propagated

    def _context(self) -> ExceptionContext:
        parent = self._anchor.parent
        return ExceptionContext(
            env_name=self._anchor.run.env.name,
            stable_path=str(self._anchor.stable_path),
            processor_name=self._anchor.name,
            mount_kind="process_live",
            parent_stable_path=None if parent is None else str(parent.stable_path),
        )
