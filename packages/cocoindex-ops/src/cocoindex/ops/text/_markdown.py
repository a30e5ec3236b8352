"""Finds cuts of Markdown: at headings, blocks, list items, then as in running text. Ops layer.

Fenced code stays whole if possible.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from ._cut import BLOCK, LINE, Cut
from ._markdown_structure import MarkdownStructure
from ._outline import Outline
from ._prose import Prose

_ITEM = re.compile(rb"(?s:.*)(\n)(?:[-*+]|\d{1,9}[.)])[ \t]")
_NESTED_ITEM = re.compile(rb"(?s:.*)(\n)[ \t]+(?:[-*+]|\d{1,9}[.)])[ \t]")
_IN_SECTION = 7  # one more than the deepest level of headings


class Markdown(Prose):
    """Finds the cuts of a CommonMark text."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._outline = Outline(data)
        structure = MarkdownStructure(data)
        self._headings, self._levels, self._fences = structure.headings, structure.levels, structure.fences

    def best_line(self, lo: int, hi: int) -> Cut | None:
        """Return the cut before the last heading of the highest level, or else the last block, list item or line."""
        cut = self._heading(lo, hi) or self._block(lo, hi) or self._item(lo, hi)
        if cut:
            return cut
        line = super().best_line(lo, hi)
        return line and line._replace(depth=_IN_SECTION + 1)

    def _heading(self, lo: int, hi: int) -> Cut | None:
        first, last = bisect_left(self._headings, lo), bisect_right(self._headings, hi)
        if first == last:
            return None
        level = min(self._levels[first:last])
        at = self._headings[self._levels.rindex(level, first, last)]
        return Cut(at, at + 1, BLOCK, level)

    def _block(self, lo: int, hi: int) -> Cut | None:
        """Return the last blank line outside fenced code, or an end of the fence; in a long fence, a cut as in code."""
        cut = super().best_line(lo, hi)
        if cut is None:
            return None
        turn = bisect_right(self._fences, cut.end)
        if turn % 2:
            opening = self._fences[turn - 1]
            if opening < lo:
                behind = super().best_line(max(self._fences[turn], lo), hi)
                return behind or self._in_fence(lo, hi)
            cut = super().best_line(lo, opening)
            return (
                cut._replace(depth=_IN_SECTION)
                if cut and cut.rank == BLOCK
                else Cut(opening, opening + 1, BLOCK, _IN_SECTION)
            )
        return cut._replace(depth=_IN_SECTION) if cut.rank == BLOCK else None

    def _in_fence(self, lo: int, hi: int) -> Cut | None:
        cut = self._outline.best_line(lo, hi)
        return cut and cut._replace(depth=_IN_SECTION + 2 + cut.depth)

    def _item(self, lo: int, hi: int) -> Cut | None:
        for pattern in (_ITEM, _NESTED_ITEM):
            match = pattern.match(self._data, lo, min(hi + 16, len(self._data)))
            if match and match.start(1) <= hi:
                return Cut(match.start(1), match.start(1) + 1, LINE, _IN_SECTION)
        return None
