"""The state of a live range for watchers, besides what the range itself knows. Layer: _live."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cocoindex._numbers import is_number
from cocoindex._shown import shown

from .._runtime.range_report import RangeReport
from ..errors import MountTypeError

if TYPE_CHECKING:
    from .tally import RangeStats

_LONGEST_NOTE = 200


class RangeDisplay:
    """When a range became ready, how often its loop restarted, and what the source reports about itself."""

    __slots__ = ("_lag", "_next_why", "_note", "_ready_since", "_rescanned", "_restarts", "_why")

    def __init__(self) -> None:
        self._ready_since: float | None = None
        self._restarts = 0
        self._rescanned: float | None = None
        self._why, self._next_why = "", "start"
        self._lag = 0.0
        self._note = ""

    def ready(self) -> None:
        """Note that it is ready for the first time."""
        self._ready_since = time.time()

    def restarted(self) -> None:
        """Note that its loop failed and restarts."""
        self._restarts += 1
        self._next_why = "restart"

    def rescan_wanted(self) -> None:
        """Note that the whole source will be read again, because children failed that nothing else retries."""
        self._next_why = "failed children"

    def rescanned(self) -> None:
        """Note a complete read of the source, which is the source's own decision if nobody here wanted it."""
        self._why, self._next_why = self._next_why, ""
        self._rescanned = time.time()

    def lag(self, seconds: float) -> None:
        """Set how far the source is ahead."""
        if not is_number(seconds):
            raise MountTypeError(f"seconds= of lag() is a number, not {shown(seconds)}")
        self._lag = max(0.0, float(seconds))

    def note(self, text: str) -> None:
        """Set the source's note, replacing the previous one."""
        if not isinstance(text, str):
            raise MountTypeError(f"note() takes a text, not {shown(text)}")
        self._note = _printable(" ".join(text.split())[:_LONGEST_NOTE])

    def report(self, path: str, stats: RangeStats, now: float) -> RangeReport:
        """Return the state of the range.

        Args:
            path: the path of its children.
            now: the time by the range's clock.
        """
        return RangeReport(
            _printable(path),
            self._ready_since,
            stats.changes,
            waiting=stats.waiting,
            lag=max(self._lag, 0.0 if stats.oldest is None else now - stats.oldest),
            failed=stats.failed,
            retries=stats.retries,
            restarts=self._restarts,
            rescanned=self._rescanned,
            why=self._why,
            note=self._note,
        )


def _printable(text: str) -> str:
    """Return a text without characters that cannot be encoded (as in file names) or that control a terminal."""
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
