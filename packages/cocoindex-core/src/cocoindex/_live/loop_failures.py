"""Reports failures of the loop of a live range. Layer: _live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._runtime.failure import ExceptionContext
from ..errors import MountTypeError

if TYPE_CHECKING:
    from .._engine.anchor import Anchor
    from .._runtime.counts import CountBoard
    from .._runtime.failure import ExceptionHandler


class LoopFailures:
    """Reports each failure of one loop to the handlers, once.

    Args:
        anchor: the parent of the range's children.
        board, handlers: count and receive the failures.

    Attributes:
        are_told: whether a failure was reported.
    """

    def __init__(self, anchor: Anchor, board: CountBoard, handlers: tuple[ExceptionHandler, ...]) -> None:
        self._anchor = anchor
        self._board = board
        self._handlers = handlers
        self.are_told = False
        self._told: BaseException | None = None

    async def tell(self, error: BaseException) -> BaseException | None:
        """Report a failure of the loop itself unless it was reported before; return the exception that leaves the
        handlers."""
        if error is self._told:
            return error
        self.are_told = True
        self._board.of(self._anchor.name).errors += 1
        self._board.changed()
        return await self._anchor.run.tell(error, self._context(), self._handlers)

    def was_told(self, propagated: BaseException) -> None:
        """Note that an exception raised by a call of the loop was already reported."""
        self._told = propagated

    async def report_exception(self, exc: BaseException) -> None:
        """Report a failure that the loop itself has handled."""
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
