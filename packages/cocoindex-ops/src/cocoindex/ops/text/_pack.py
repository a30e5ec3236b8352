"""Packs a text into pieces of limited size, cut at the best places, with overlap. Ops layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ._cut import INSIDE, LINE, Cut, Cuts
from ._inside import align_grapheme_up, cut_inside, is_in_grapheme
from ._whitespace import Start, begin, trim_end


class Sizes(NamedTuple):
    """The sizes of pieces in bytes of UTF-8: maximum, minimum where possible, and maximum overlap."""

    limit: int
    least: int
    overlap: int

    @property
    def least_new(self) -> int:
        """The minimum size of the part of a piece that is not in the piece before."""
        return min(self.least, (self.limit - self.overlap) // 2)


class Packer:
    """Packs one text, front to back, in one pass.

    Args:
        data: the text in UTF-8.
        cuts: finds the best places to cut it.
        sizes: the sizes of pieces.
        fallback: finds other places, if `cuts` has none within the limit.
    """

    def __init__(self, data: bytes, cuts: Cuts, sizes: Sizes, fallback: Cuts | None = None) -> None:
        self._data = data
        self._cuts = cuts
        self._fallback = fallback
        self._sizes = sizes
        self._least_new = sizes.least_new
        self._max_indent = sizes.limit // 2 if sizes.limit >= 8 else 0  # leaves room for any first character
        self._stop = trim_end(data, 0, len(data))

    def pieces(self) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each piece, as byte offsets, without whitespace around it.

        Between two pieces there is only whitespace (and separators that the cuts leave out). A piece larger than the
        limit is a single character.
        """
        data, stop = self._data, self._stop
        limit = self._sizes.limit
        start = fresh = begin(data, 0, self._max_indent)
        last = LINE
        while fresh.content < stop:
            if stop - start.at <= limit:
                yield start.at, stop
                return
            cut = self._cut(start, fresh)
            no_room = cut.end <= fresh.content or (cut.rank == INSIDE and last != INSIDE)
            if no_room and start is not fresh:
                start = fresh  # the overlap leaves no room for the next word
                continue
            if start.at < start.content and cut.rank == INSIDE and is_in_grapheme(data, cut.end):
                start = fresh = Start(start.content, start.content)  # the indentation leaves no room for a character
                continue
            end = trim_end(data, start.at, cut.end)
            yield start.at, end
            fresh = begin(data, cut.resume, self._max_indent)
            start = self._rewind(start, end, fresh, cut.rank) if self._sizes.overlap else fresh
            last = cut.rank

    def _cut(self, start: Start, fresh: Start) -> Cut:
        """Return the best cut for the piece that begins at `start`; its part from `fresh` on is not repeated."""
        limit, least, _ = self._sizes
        hi = min(start.at + limit, self._stop)
        floor = fresh.content + 1
        lo = max(start.at + least, fresh.at + self._least_new, floor)
        for cuts in filter(None, (self._cuts, self._fallback)):
            # a small piece is better than a word cut in two
            cut = (cuts.best(lo, hi) if lo <= hi else None) or (cuts.best(floor, min(lo, hi)) if floor < lo else None)
            if cut:
                return self._leave_enough(lo, cut)
        return cut_inside(self._data, start.content, floor, hi)

    def _leave_enough(self, lo: int, cut: Cut) -> Cut:
        """Return an earlier cut than `cut`, if the rest of the text or paragraph would be too small for a piece."""
        least = self._sizes.least
        reach = cut.resume + least
        end = self._stop if cut.resume < self._stop < reach else -1
        if end < 0 and cut.rank > LINE:
            end = self._data.find(b"\n\n", cut.resume + 1, reach)
        hi = min(end - least - 1, cut.end)  # the text left out between two pieces may contain cuts, too
        earlier = self._cuts.best(lo, hi) if lo <= hi else None
        as_good = earlier and earlier.rank <= max(cut.rank, LINE) and earlier.depth <= cut.depth
        return earlier if earlier and as_good else cut

    def _rewind(self, start: Start, end: int, fresh: Start, rank: int) -> Start:
        """Return where the next piece begins so that it repeats the end of the piece from `start` to `end`."""
        first = max(end - self._sizes.overlap, start.content + 1)
        if first >= end:
            return fresh
        at = self._within_word(start.content, first, end) if rank == INSIDE else self._cuts.restart(first, end)
        if at is None:
            return fresh
        again = begin(self._data, at, at - first)
        return again if again.content < end else fresh

    def _within_word(self, start: int, first: int, end: int) -> int:
        """Return where the word cut at `end` begins, but not before `first`."""
        word = self._data[first:end].split()[-1]
        return align_grapheme_up(self._data, start, end - len(word))
