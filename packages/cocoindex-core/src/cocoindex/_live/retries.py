"""The retries of failed jobs of a live range, each at its time. Layer: _live."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .holds import Holds
    from .mailbox import Job, Mailbox, Timer
    from .mailboxes import Mailboxes
    from .needs import Retry
    from .watermark import Watermark


class Retries:
    """The failed jobs of one range: each waits in its mailbox, where a newer call replaces it.

    Args:
        boxes: the mailboxes of the range.
        durable: the watermark of durable calls.
        holds: the failures that keep it from advancing.
        retry: decides when a failed job is retried.
        later: calls a function after a delay in seconds.
        start: starts the waiting job of a mailbox.

    Attributes:
        on_none: called if a failed key of a scan cannot be kept for a retry because there are too many.
    """

    def __init__(
        self,
        boxes: Mailboxes,
        durable: Watermark,
        holds: Holds,
        *,
        retry: Retry,
        later: Callable[[float, Callable[[], None]], Timer],
        start: Callable[[Mailbox], None],
    ) -> None:
        self.on_none: Callable[[], None] = lambda: None
        self._boxes = boxes
        self._durable = durable
        self._holds = holds
        self._retry = retry
        self._later = later
        self._start = start
        self._paused = False

    def failed(self, box: Mailbox, job: Job, in_sink: bool) -> None:
        """Schedule the retry of a failed job, unless a newer call waits."""
        if (newer := box.waiting) is not None:  # the calls it represents are not durable before that one
            if job.oldest is not None and newer.oldest is not None:
                newer.oldest, closing = job.oldest, newer.oldest
                self._durable.close(closing)
            return
        self._holds.keep(box, job)
        delay = None if job.work is None else self._retry(job.tries + 1, in_sink)
        if delay is not None and box.is_scans and self._boxes.are_full:
            delay = None
            self.on_none()
        if delay is not None:
            self._boxes.count(box)
            box.waiting = job.again(delay)
            self._arm(box, box.waiting)
        elif job.oldest is not None:
            self._holds.hold(box.key, job.oldest, job.number)

    def pause(self) -> None:
        """Suspend all retries until `resume`."""
        self._paused = True
        for box in self._boxes.values():
            if box.timer is not None:
                box.timer.cancel()
                box.timer = _NEVER

    def resume(self) -> list[Mailbox]:
        """Resume the retries of jobs that failed since `pause`; return the mailboxes of those that failed before."""
        self._paused = False
        return [box for box in self._boxes.values() if box.waiting is not None and box.timer is not None]

    def rearm(self, boxes: list[Mailbox]) -> None:
        """Restart the timer of the waiting retry with its full delay."""
        for box in boxes:
            if box.waiting is not None:
                self._arm(box, box.waiting)

    def _arm(self, box: Mailbox, job: Job) -> None:
        box.timer = _NEVER if self._paused else self._later(job.delay, lambda: self._start(box))


class _Never:
    def cancel(self) -> None:
        pass


_NEVER = _Never()
