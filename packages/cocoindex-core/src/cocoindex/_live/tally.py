"""What of a live range the display says. Layer: _live."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from .._engine.stale import mark_of

if TYPE_CHECKING:
    from .mailbox import Job, Mailbox


class RangeStats(NamedTuple):
    """What the display says of a range.

    Attributes:
        running, waiting: how many keys have a job that runs; that waits for it.
        failed: how many keys failed at their last run; no more than mailboxes may be open are known.
        oldest: when the oldest call was made that is not applied, by the range's clock, retries aside; None where all
            are.
        changes: how many jobs have been applied since the range began.
        retries: how often one was tried again.
    """

    running: int
    waiting: int
    failed: int
    oldest: float | None
    changes: int
    retries: int


class Tally:
    """Counts the jobs of a range, and knows which keys failed at their last run.

    Args:
        limit: how many of these are known.
    """

    __slots__ = ("_changes", "_failed", "_limit", "_retries")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._failed: dict[bytes, None] = {}
        self._changes = self._retries = 0

    def began(self, job: Job) -> None:
        """A job begins."""
        self._retries += job.untold is None

    def ended(self, key: bytes, error: BaseException | None) -> None:
        """A job of a key has ended."""
        self.decided(key)
        if error is None:
            self._changes += 1
        elif len(self._failed) < self._limit:
            self._failed[mark_of(key)] = None

    def decided(self, key: bytes) -> None:
        """What a key failed with at its last run does not count any more."""
        self._failed.pop(mark_of(key), None)

    def stats(self, boxes: Collection[Mailbox]) -> RangeStats:
        """The numbers, where these mailboxes are open."""
        waiting = [box.waiting for box in boxes if box.waiting is not None and box.timer is None]
        running = [box.running for box in boxes if box.running is not None]
        oldest = min((job.since for job in [*waiting, *running]), default=None)
        return RangeStats(len(running), len(waiting), len(self._failed), oldest, self._changes, self._retries)
