"""`stats_group`: a separate report for the components that a block mounts. Layer: _progress."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

from cocoindex._shown import shown

from .._runtime.block import block
from .._runtime.counts import GroupBoard
from .._runtime.scope import Scope, current_scope, entered
from ..errors import ProgressArgumentError, UpdateCancelledError
from .interval import checked_interval
from .stats import UpdateSnapshot, UpdateStats, UpdateStatus, stats_of
from .watch import changes


class StatsGroupHandle:
    """The report of a `stats_group`; may also be read after the block and from outside the component."""

    __slots__ = ("_board",)

    def __init__(self, board: GroupBoard) -> None:
        self._board = board

    def __repr__(self) -> str:
        return f"<coco.stats_group({self._board.title!r}): {'ready' if self._board.ready else 'running'}>"

    def stats(self) -> UpdateStats | None:
        """The counts so far."""
        return stats_of(self._board)

    async def watch(self) -> AsyncIterator[UpdateSnapshot[None]]:
        """Yield a snapshot whenever the counts change, and a last one once the block and all it mounted are complete.

        In a live update, a group with live members continues with snapshots that are READY until these members have
        ended: follow it in a task of its own.

        Raises:
            UpdateCancelledError: (a RuntimeError) the update ended before the group was complete.
        """
        self._board.watch()
        async for snapshot in changes(self._board):
            yield snapshot
        if not self._board.ready:
            raise UpdateCancelledError(f"the update ended before the stats group {self._board.title!r} was complete")
        yield UpdateSnapshot(stats_of(self._board), UpdateStatus.READY)


def stats_group(title: str, *, report_to_stdout: bool | timedelta = False) -> AbstractContextManager[StatsGroupHandle]:
    """Count components mounted inside a `with` block in a separate report, and not in the surrounding one.

    Nothing else changes for the components, and the end of the block waits for none of them. Groups may be nested: the
    innermost counts, and an outer group is ready once its inner groups are.

    Args:
        title: title of the report.
        report_to_stdout: print the report; a timedelta sets the interval.

    Returns:
        A context manager that yields the report's handle.

    Raises:
        NoComponentError: (a RuntimeError) no component is running here.
        ProgressArgumentError: (a TypeError) an argument has the wrong type.
        ProgressIntervalError: (a ValueError) the interval is not positive.
    """
    if not isinstance(title, str):
        raise ProgressArgumentError(f"the title of coco.stats_group() is a str, not {shown(title)}")
    checked_interval(report_to_stdout, "coco.stats_group(report_to_stdout=...)")
    return _grouped(title, report_to_stdout)


@block
def _grouped(title: str, report: bool | timedelta) -> Iterator[StatsGroupHandle]:
    scope = current_scope("coco.stats_group()")
    board = GroupBoard(title, scope.board or scope.component.board)
    if report:
        _show(scope, board, report)
    inner = Scope(scope.component, scope.frame, scope.prefix, scope.handlers, board, scope.in_call)
    try:
        with entered(inner):
            yield StatsGroupHandle(board)
    finally:
        board.child_complete()


def _show(scope: Scope, board: GroupBoard, report: bool | timedelta) -> None:
    from .report import Display

    display = Display(board, report, scope.component.loop)
    board.subscribe(lambda: display.finish() if board.over else None)
