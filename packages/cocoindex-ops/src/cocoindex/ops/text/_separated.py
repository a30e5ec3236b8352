"""Finds cuts at the separators of a custom language, the earlier ones first. Ops layer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ._byte_offsets import ByteOffsets
from ._cut import WORD, Cut
from ._patterns import Pattern
from ._prose import Prose

_BEYOND = Cut(1 << 62, 1 << 62, WORD)


class Separated:
    """Finds the cuts of a text at separators; a separator belongs to neither piece beside it.

    Args:
        text: the text.
        data: its UTF-8 form.
        separators: the separators, the best first.
        limit: maximum size of a piece, in bytes.
    """

    def __init__(self, text: str, data: bytes, separators: list[Pattern], limit: int) -> None:
        self._levels = [
            _Level(_cuts(pattern, text, ByteOffsets(text, len(data)), min(rank, WORD)), limit)
            for rank, pattern in enumerate(separators)
        ]
        self._prose = Prose(data)

    def best(self, lo: int, hi: int) -> Cut | None:
        return next((cut for level in self._levels if (cut := level.last(lo, hi))), None)

    def restart(self, first: int, end: int) -> int | None:
        """Return the place after the first separator in the first half, or in the whole range, or as in running text.

        Better separators are preferred.
        """
        for last in (first + (end - first) // 2, end - 1):
            for level in self._levels:
                at = level.first(first, last)
                if at is not None:
                    return at
        return self._prose.restart(first, end)


def _cuts(pattern: Pattern, text: str, offsets: ByteOffsets, rank: int) -> Iterator[Cut]:
    for match in pattern.finditer(text):
        yield Cut(offsets.of(match.start()), offsets.of(match.end()), rank)


class _Level:
    """The cuts at one separator, found front to back; those of the last two pieces are kept, which calls may need."""

    def __init__(self, cuts: Iterator[Cut], limit: int) -> None:
        self._cuts = cuts
        self._reach = 2 * limit
        self._kept: deque[Cut] = deque()
        self._next = next(cuts, _BEYOND)

    def last(self, lo: int, hi: int) -> Cut | None:
        """Return the last cut whose `end` is in lo..hi."""
        self._read(hi)
        for cut in reversed(self._kept):
            if cut.end < lo:
                return None
            if cut.end <= hi:
                return cut
        return None

    def first(self, first: int, last: int) -> int | None:
        """Return the first `resume` in first..last."""
        self._read(last)
        return next((cut.resume for cut in self._kept if first <= cut.resume <= last), None)

    def _read(self, hi: int) -> None:
        """Find the cuts up to `hi`, and drop those that are too far back."""
        oldest = hi - self._reach
        while self._next.end <= hi:
            if self._next.end >= oldest:
                self._kept.append(self._next)
            self._next = next(self._cuts, _BEYOND)
        while self._kept and self._kept[0].end < oldest:
            self._kept.popleft()
