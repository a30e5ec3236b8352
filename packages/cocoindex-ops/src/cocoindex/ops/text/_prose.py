"""Finds cuts of running text: paragraphs, lines, sentences, clauses, words. Ops layer."""

from __future__ import annotations

import re

from ._cut import BLOCK, CLAUSE, LINE, SENTENCE, WORD, Cut
from ._inside import cut_between_ideographs, is_in_grapheme
from ._whitespace import SPACE

_BLANK_LINE = re.compile(rb"(?s:.*)(\n)[ \t\r]*\n")
_LAST_SPACE = re.compile(rb"(?s:.*)(" + SPACE + rb")")
_NEXT_SPACE = re.compile(SPACE + rb"+")
_NEXT_SENTENCE = re.compile(rb"[.!?][\"')\]]*[ \t]+|\xe3\x80\x82|\xef\xbc[\x81\x9f]")
_SENTENCE_ENDS = (b". ", b"! ", b"? ")
_CLAUSE_ENDS = (b", ", b"; ", b": ")
_WIDE_SENTENCE_ENDS = tuple(c.encode() for c in "。！？｡।؟")
_WIDE_CLAUSE_ENDS = tuple(c.encode() for c in "，、；：،")


class Prose:
    """Finds the cuts of a text in any natural language, given in UTF-8."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._wide = not data.isascii()

    def best(self, lo: int, hi: int) -> Cut | None:
        return self.best_line(lo, hi) or self.best_in_line(lo, hi)

    def best_line(self, lo: int, hi: int) -> Cut | None:
        """Return the last end of a paragraph, or else of a line that ends a sentence, or else of a line."""
        data = self._data
        newline = data.rfind(b"\n", lo, hi + 1)
        if newline < 0:
            return None
        blank = _BLANK_LINE.match(data, lo, hi + 2)
        if blank:
            return Cut(blank.start(1), blank.end(), BLOCK)
        full_stop = data.rfind(b".\n", lo - 1 if lo else 0, hi + 1)
        if full_stop >= 0:
            return Cut(full_stop + 1, full_stop + 2, LINE)
        return Cut(newline, newline + 1, LINE)

    def best_in_line(self, lo: int, hi: int) -> Cut | None:
        """Return the last end of a sentence, or else of a clause, or else of a word."""
        at = self._after(_SENTENCE_ENDS, _WIDE_SENTENCE_ENDS, lo, hi)
        if at >= 0:
            return Cut(at, at, SENTENCE)
        at = self._after(_CLAUSE_ENDS, _WIDE_CLAUSE_ENDS, lo, hi)
        if at >= 0:
            return Cut(at, at, CLAUSE)
        at = self._data.rfind(b" ", lo, hi + 1)
        if at >= 0:
            return Cut(at, at + 1, WORD)
        space = _LAST_SPACE.match(self._data, lo, hi + 1)
        if space:
            return Cut(space.start(1), space.end(), WORD)
        return cut_between_ideographs(self._data, lo, hi) if self._wide else None

    def _after(self, marks: tuple[bytes, ...], wide_marks: tuple[bytes, ...], lo: int, hi: int) -> int:
        """Return the last end of a mark in lo..hi: after the first byte of one of `marks`, or after a wide mark."""
        rfind = self._data.rfind
        last = max([rfind(mark, max(lo - 1, 0), hi + 1) for mark in marks])
        last += last >= 0
        if self._wide:
            for mark in wide_marks:
                last = max(last, self._after_wide(mark, max(lo, last + 1), hi))
        return last

    def _after_wide(self, mark: bytes, lo: int, hi: int) -> int:
        """Return the last end of a wide mark in lo..hi that is also the end of a grapheme; -1 if there is none."""
        at = hi
        while (at := self._data.rfind(mark, max(lo - len(mark), 0), at)) >= 0:
            if not is_in_grapheme(self._data, at + len(mark)):
                return at + len(mark)
        return -1

    def restart(self, first: int, end: int) -> int | None:
        """Return the best line of the first half, or else its first sentence, or else the first word of the range."""
        middle = first + (end - first) // 2
        line = self.best_line(first - 1, middle - 1) if first < middle else None
        if line:
            return line.resume
        for sentence in _NEXT_SENTENCE.finditer(self._data, max(first - 2, 0), middle):
            if sentence.end() >= first and not is_in_grapheme(self._data, sentence.end()):
                return sentence.end()
        space = _NEXT_SPACE.search(self._data, first - 1, end)
        return space.end() if space else None
