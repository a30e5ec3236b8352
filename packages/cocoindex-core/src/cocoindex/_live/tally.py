"""The numbers of a live range for the display. Layer: _live."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from .._engine.stale import mark_of

if TYPE_CHECKING:
    from .mailbox import Job, Mailbox


class RangeStats(NamedTuple):
    """The numbers of a range for the display.

    Attributes:
        running, waiting: the number of keys with a running job, and with a waiting one.
        failed: the number of keys that failed at their last run, up to the limit of open mailboxes.
        oldest: the time, by the range's clock, of the oldest unapplied call, not counting retries; None if there is
            none.
        changes: the number of jobs applied since the range began.
        retries: the number of retries.
    """

    running: int
    waiting: int
    failed: int
    oldest: float | None
    changes: int
    retries: int


class Tally:
    """Counts the jobs of a range, and remembers which keys failed at their last run.

    Args:
        limit: how many of these keys it remembers.
    """

    __slots__ = ("_changes", "_failed", "_limit", "_retries")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._failed: dict[bytes, None] = {}
        self._changes = self._retries = 0

    def began(self, job: Job) -> None:
        """Count a job that begins."""
        self._retries += job.untold is None

    def ended(self, key: bytes, error: BaseException | None) -> None:
        """Count a job that has ended."""
        self.decided(key)
        if error is None:
            self._changes += 1
        elif len(self._failed) < self._limit:
            self._failed[mark_of(key)] = None

    def decided(self, key: bytes) -> None:
        """Forget the failure of a key's last run."""
        self._failed.pop(mark_of(key), None)

    def stats(self, boxes: Collection[Mailbox]) -> RangeStats:
        """Return the numbers, given the open mailboxes."""
        waiting = [box.waiting for box in boxes if box.waiting is not None and box.timer is None]
        running = [box.running for box in boxes if box.running is not None]
        oldest = min((job.since for job in [*waiting, *running]), default=None)
        return RangeStats(len(running), len(waiting), len(self._failed), oldest, self._changes, self._retries)
