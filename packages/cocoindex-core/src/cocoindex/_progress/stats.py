"""The counts of an update: the public view of the counters. Layer: _progress."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from .._runtime.counts import CountBoard

R = TypeVar("R")


class ComponentStats(NamedTuple):
    """Component counts, for one function or for all.

    Args:
        num_execution_starts: mounted, whether they ran or were skipped; removals are not counted.
        num_unchanged: skipped, because the results of an earlier run are still valid.
        num_adds: ran for the first time.
        num_deletes: removed.
        num_reprocesses: ran again.
        num_errors: failed.
    """

    num_execution_starts: int = 0
    num_unchanged: int = 0
    num_adds: int = 0
    num_deletes: int = 0
    num_reprocesses: int = 0
    num_errors: int = 0

    @property
    def num_processed(self) -> int:
        return self.num_unchanged + self.num_adds + self.num_deletes + self.num_reprocesses

    @property
    def num_finished(self) -> int:
        return self.num_processed + self.num_errors

    @property
    def num_errored(self) -> int:
        """Alias of `num_errors`, also used in the documentation of CocoIndex 1.0."""
        return self.num_errors

    @property
    def num_in_progress(self) -> int:
        return max(0, self.num_execution_starts - self.num_finished)


class UpdateStats(NamedTuple):
    """Component counts of an update, by function name."""

    by_component: dict[str, ComponentStats]

    @property
    def total(self) -> ComponentStats:
        """The sums over all functions."""
        return ComponentStats(*map(sum, zip(ComponentStats(), *self.by_component.values(), strict=True)))


class UpdateStatus(StrEnum):
    """Whether the initial work of an update or a stats group is still running."""

    RUNNING = "running"
    READY = "ready"


class UpdateSnapshot(NamedTuple, Generic[R]):
    """The state of an update at one moment.

    Args:
        stats: the counts so far.
        status: RUNNING, then READY in the last snapshot; in a live update READY once the first run is complete.
        result: return value of the main function, in the last snapshot.
    """

    stats: UpdateStats
    status: UpdateStatus
    result: R | None = None


def snapshot_of(board: CountBoard) -> UpdateSnapshot[Any]:
    """Return a snapshot of a report."""
    return UpdateSnapshot(stats_of(board), UpdateStatus.READY if board.ready else UpdateStatus.RUNNING)


def stats_of(board: CountBoard) -> UpdateStats:
    """Return the current counts of a report."""
    return UpdateStats(
        {
            name: ComponentStats(c.starts, c.unchanged, c.adds, c.deletes, c.reprocesses, c.errors)
            for name, c in board.by_name.items()
        }
    )
