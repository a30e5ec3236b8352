"""Reads a line of Markdown from left to right, in columns, as tabs go to every fourth. Ops layer."""

from __future__ import annotations

_TAB = 4
_SPACE = 0x20


class MarkdownLine:
    """A place in a line; one object serves for all lines of a text.

    Attributes:
        start, end, next: where the line begins, where its text ends, and where the next line begins.
        at, column: the next character that is no blank, and its column.
        base: the column from which on the line belongs to the innermost list item or quote that was read so far.
    """

    __slots__ = ("_data", "at", "base", "column", "end", "next", "start")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.start = self.end = self.next = self.at = self.column = self.base = 0

    def begin(self, start: int) -> None:
        """Go to the line that begins at `start`."""
        newline = self._data.find(b"\n", start)
        end = newline if newline >= 0 else len(self._data)
        self.next = end + 1
        self.end = end - 1 if end > start and self._data[end - 1] == 0x0D else end
        self.start = self.at = start
        self.column = self.base = 0
        self._skip_blanks()

    @property
    def indent(self) -> int:
        """The columns between the list item or quote and its text."""
        return self.column - self.base

    @property
    def is_blank(self) -> bool:
        """Whether nothing more follows."""
        return self.at >= self.end

    @property
    def byte(self) -> int:
        """The next character."""
        return self._data[self.at]

    def enter_quote(self) -> None:
        """Go behind the mark of a quote; one blank behind it is part of it."""
        behind = self.column + 1
        self._skip_mark(1)
        self.base = min(behind + 1, self.column) if not self.is_blank else behind

    def enter_item(self, size: int) -> int:
        """Go behind the mark of a list item, which has this size; return how far its text is indented."""
        begin, behind = self.base, self.column + size
        self._skip_mark(size)
        self.base = self.column if 1 <= self.column - behind <= _TAB and not self.is_blank else behind + 1
        return self.base - begin

    def _skip_mark(self, size: int) -> None:
        self.at += size
        self.column += size
        self._skip_blanks()

    def _skip_blanks(self) -> None:
        data, at, column, end = self._data, self.at, self.column, self.end
        while at < end and (byte := data[at]) in b" \t":
            column += 1 if byte == _SPACE else _TAB - column % _TAB
            at += 1
        self.at, self.column = at, column
