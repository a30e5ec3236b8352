"""Places where a text may be cut, and their quality. Ops layer: the interface between finding cuts and packing."""

from __future__ import annotations

from typing import NamedTuple, Protocol

BLOCK, LINE, SENTENCE, CLAUSE, WORD, INSIDE = range(6)


class Cut(NamedTuple):
    """A place to cut.

    Attributes:
        end: the byte where the piece before ends.
        resume: the byte where the next piece begins.
        rank: the quality, 0 being the best: before a block, a line, a sentence, a clause, a word, or inside a word.
        depth: the nesting depth of a block or line; the outermost has the lowest.
    """

    end: int
    resume: int
    rank: int
    depth: int = 0


class Cuts(Protocol):
    """Finds the best places to cut one text."""

    def best(self, lo: int, hi: int) -> Cut | None:
        """Return the best cut whose `end` is in lo..hi (inclusive), the last one of equal cuts; None if there is none.

        From call to call, `lo` and `hi` move back by at most one piece.
        """
        ...

    def restart(self, first: int, end: int) -> int | None:
        """Return an early place in first..end - 1 where a piece may begin that repeats the end of the one before."""
        ...
