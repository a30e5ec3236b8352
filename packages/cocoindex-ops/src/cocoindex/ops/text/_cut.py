"""Where a text may be cut, and how good a place that is. Ops layer: the contract between finding cuts and packing."""

from __future__ import annotations

from typing import NamedTuple, Protocol

BLOCK, LINE, SENTENCE, CLAUSE, WORD, INSIDE = range(6)


class Cut(NamedTuple):
    """A place to cut: the piece before ends at byte `end`, the next begins at byte `resume`.

    `rank` says how good it is, 0 being the best: before a block, a line, a sentence, a clause, a word, inside a word.
    `depth` tells blocks and lines apart where they lie in one another, the outermost having the least.
    """

    end: int
    resume: int
    rank: int
    depth: int = 0


class Cuts(Protocol):
    """Knows where one text is best cut."""

    def best(self, lo: int, hi: int) -> Cut | None:
        """Return the best cut whose `end` lies in lo..hi, both included; the last of equals; None where there is none.

        `lo` and `hi` never go back by more than one piece from call to call.
        """
        ...

    def restart(self, first: int, end: int) -> int | None:
        """Return an early place in first..end - 1 where a piece that repeats the end of the last one may begin."""
        ...
