"""Cuts of Markdown: headings, blocks, list items, then running text; fenced code stays whole if it can. Ops layer."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from ._cut import BLOCK, LINE, Cut
from ._outline import Outline
from ._prose import Prose

# One match for each line that matters; the groups: a heading's marks, a fence, an underline.
_STRUCTURE = re.compile(rb"\n {0,3}(?:(#{1,6})(?=[ \t\r\n])|(`{3,}|~{3,})|(=+|-{2,})[ \t]*(?=\r?\n))")
_FENCE_FIRST = re.compile(rb" {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(rb"(?s:.*)(\n)(?:[-*+]|\d{1,9}[.)])[ \t]")
_NESTED_ITEM = re.compile(rb"(?s:.*)(\n)[ \t]+(?:[-*+]|\d{1,9}[.)])[ \t]")
_IN_SECTION = 7  # one deeper than headings go


class Markdown(Prose):
    """Finds the cuts of a CommonMark text."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._outline = Outline(data)
        self._headings: list[int] = []  # the newline before each heading
        self._levels = bytearray()  # the level of each heading
        self._fences: list[int] = []  # the newline before each opening fence, the end of its closing one, by turns
        self._scan()

    def best_line(self, lo: int, hi: int) -> Cut | None:
        """The last heading of the highest level, or else the last block, list item or line."""
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
        """The last blank line that is not in a fence, or the fence itself; inside a longer fence as in code."""
        cut = super().best_line(lo, hi)
        if cut is None:
            return None
        turn = bisect_right(self._fences, cut.end)
        if turn % 2:
            opening = self._fences[turn - 1]
            if opening < lo:
                return self._outline.best_line(lo, hi)
            cut = super().best_line(lo, opening)
            return (
                cut._replace(depth=_IN_SECTION)
                if cut and cut.rank == BLOCK
                else Cut(opening, opening + 1, BLOCK, _IN_SECTION)
            )
        return cut._replace(depth=_IN_SECTION) if cut.rank == BLOCK else None

    def _item(self, lo: int, hi: int) -> Cut | None:
        for pattern in (_ITEM, _NESTED_ITEM):
            match = pattern.match(self._data, lo, min(hi + 16, len(self._data)))
            if match and match.start(1) <= hi:
                return Cut(match.start(1), match.start(1) + 1, LINE, _IN_SECTION)
        return None

    def _scan(self) -> None:
        """Find the headings and fences, in one pass."""
        first = _FENCE_FIRST.match(self._data)
        fence = first[1] if first else b""
        if fence:
            self._fences.append(0)
        for line in _STRUCTURE.finditer(self._data):
            at = line.start()
            mark = line[2]
            if fence:
                if mark and mark.startswith(fence):
                    fence = b""
                    self._fences.append(line.end())
            elif mark:
                fence = mark
                self._fences.append(at)
            elif line[1]:
                self._add_heading(at, len(line[1]))
            else:
                self._add_underlined(at, line[3])
        if fence:
            self._fences.append(len(self._data))

    def _add_heading(self, at: int, level: int) -> None:
        self._headings.append(at)
        self._levels.append(level)

    def _add_underlined(self, at: int, underline: bytes) -> None:
        """A heading of one line with a line of marks below; without text above it is a thematic break."""
        above = self._data.rfind(b"\n", 0, at)
        line = self._data[above + 1 : at].strip()
        if line and not line.startswith((b"|", b">", b"-", b"#")) and above >= 0:
            self._add_heading(above, 1 if underline.startswith(b"=") else 2)
