"""Finds the headings and the fenced code of a Markdown text, as CommonMark has them. Ops layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# A line that matters; the groups: what stands before a fence (blanks, and the marks of lists and quotes), the fence and
# what follows it; a heading's marks; an underline; what begins a comment.
_LINE = (
    rb"(?:([ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]+|>)*)(`{3,}|~{3,})([^\n]*)"
    rb"| {0,3}(?:(#{1,6})(?=[ \t\r\n])|(=+|-{2,})[ \t]*(?=\r?\n|\Z)|(<!--)))"
)
_FIRST_LINE = re.compile(_LINE)
_NEXT_LINE = re.compile(rb"\n" + _LINE)
_FRONT_MATTER = re.compile(rb"(---|\+\+\+)[ \t]*\r?\n(?s:.*?)\n(?:\1|\.\.\.)[ \t]*(?=\r?\n|\Z)")
_ITEM = re.compile(rb"([ \t]*(?:[-*+]|\d{1,9}[.)]))([ \t]+)")
# What a line begins with that is not running text; with four blanks it is code where a paragraph would begin.
_NO_TEXT = re.compile(rb" {0,3}(?:[>|]|#{1,6}[ \t]|(?:[-*+]|\d{1,9}[.)])[ \t]|`{3}|~{3}|<)")
# How many lines are looked at for the list item or the paragraph that a line is part of.
_MOST_OF_ITEM = 60
_MOST_OF_PARAGRAPH = 20


class MarkdownStructure:
    """The structure of one text, found in one pass.

    Attributes:
        headings: the newline before each heading.
        levels: the level of each heading.
        fences: the newline before each opening fence, and the end of its closing one, by turns.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._has_comments = True
        self.headings: list[int] = []
        self.levels = bytearray()
        self.fences: list[int] = []
        self._scan()

    def _scan(self) -> None:
        front = _FRONT_MATTER.match(self._data)
        line = _NEXT_LINE.search(self._data, front.end()) if front else _FIRST_LINE.match(self._data)
        at = self._take(line) if line else 0
        while (line := _NEXT_LINE.search(self._data, at)) is not None:
            at = self._take(line)

    def _take(self, line: re.Match[bytes]) -> int:
        """Take in what a line says; return from where on to look."""
        prefix, mark, info, heading, underline, comment = line.groups()
        start = line.start()
        if mark:
            return self._take_fence(start, prefix, mark, info, line.start(3))
        if heading:
            self._add_heading(start, len(heading))
        elif underline:
            self._take_underline(start, underline)
        elif comment:
            return self._behind_comment(line.end())
        return line.end()

    def _take_fence(self, start: int, prefix: bytes, mark: bytes, info: bytes, behind: int) -> int:
        if mark[0] == 0x60 and b"`" in info:
            return behind  # code in a line
        indent = _width(prefix)
        is_bare = not prefix.strip()
        item = self._item_above(start, indent) if is_bare and indent else 0 if is_bare else indent
        if is_bare and indent > 3 and not item:
            return behind  # indented code
        closing = _closing(mark[:1], len(mark), b">" in prefix, item).search(self._data, behind)
        end = closing.end() if closing and closing[1] else closing.start() if closing else len(self._data)
        self.fences += [start, end]
        return end

    def _item_above(self, start: int, indent: int) -> int:
        """How far the content of the list item is indented to which a line belongs; 0 where it belongs to none."""
        for line in filter(bytes.strip, self._lines_above(start, _MOST_OF_ITEM)):
            found = _ITEM.match(line)
            if found:
                content = _width(found[0]) if _width(found[2]) < 5 else _width(found[1]) + 1
                if content <= indent:
                    return content if indent - content <= 3 else 0
            elif line[:1] not in (b" ", b"\t"):
                break
        return 0

    def _take_underline(self, start: int, underline: bytes) -> None:
        """A paragraph with a line of marks below is a heading; without text above, that is a thematic break."""
        begins, first = start, b""
        for line in self._lines_above(start, _MOST_OF_PARAGRAPH):
            if not line.strip():
                break
            begins, first = begins - len(line) - 1, line
            if begins in self.headings[-1:] or begins < (self.fences[-1] if self.fences else 0):
                return
            if _NO_TEXT.match(line):
                return
        if first and begins >= 0 and not first.startswith((b"    ", b"\t")):
            self._add_heading(begins, 1 if underline.startswith(b"=") else 2)

    def _lines_above(self, start: int, most: int) -> Iterator[bytes]:
        """The lines before the newline at `start`, the last first."""
        for _ in range(most):
            if start <= 0:
                return
            above = self._data.rfind(b"\n", 0, start)
            yield self._data[above + 1 : start]
            start = above

    def _behind_comment(self, at: int) -> int:
        """Where a comment ends; one that does not is none."""
        end = self._data.find(b"-->", at) if self._has_comments else -1
        self._has_comments = end >= 0
        return end if end >= 0 else at

    def _add_heading(self, at: int, level: int) -> None:
        if self._data.startswith(b"\n", at):  # the first line needs no cut before it
            self.headings.append(at)
            self.levels.append(level)


def _width(prefix: bytes) -> int:
    return len(prefix.expandtabs(4))


@lru_cache(64)
def _closing(mark: bytes, least: int, is_quoted: bool, item: int) -> re.Pattern[bytes]:
    """What ends a fence: in group 1 one of its kind, alone on its line; or a line outside of the quote or list item."""
    indent = rb"[ \t>]*" if is_quoted or item else rb" {0,3}"
    ends = [rb"(" + indent + mark + b"{%d,}" % least + rb"[ \t]*(?=\r?\n|\Z))"]
    if is_quoted:
        ends.append(rb"(?![ \t]*(?:>|[-*+]|\d{1,9}[.)]))")
    elif item:
        ends.append(b" {0,%d}" % (item - 1) + rb"(?=[^ \t\r\n])")
    return re.compile(rb"\n(?:" + b"|".join(ends) + b")")
