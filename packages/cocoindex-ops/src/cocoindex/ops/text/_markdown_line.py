"""Reads a line of Markdown from left to right, in columns; tab stops are at every fourth column. Ops layer."""

from __future__ import annotations

_TAB = 4
_SPACE = 0x20


class MarkdownLine:
    """A place in a line; one object is used for all lines of a text.

    Attributes:
        start, end, next: where the line begins, where its text ends, and where the next line begins.
        at, column: the offset of the next character that is not a blank, and its column.
        base: the column where the content of the innermost list item or quote begins.
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
        """The indentation, in columns, of the text in the current list item or quote."""
        return self.column - self.base

    @property
    def is_blank(self) -> bool:
        """Whether the rest of the line is blank."""
        return self.at >= self.end

    @property
    def byte(self) -> int:
        """The next character."""
        return self._data[self.at]

    def enter_quote(self) -> None:
        """Move past the mark of a quote, with one blank after it."""
        behind = self.column + 1
        self._skip_mark(1)
        self.base = min(behind + 1, self.column) if not self.is_blank else behind

    def enter_item(self, size: int) -> int:
        """Move past the mark of a list item, which has this size; return the indentation of the item's text."""
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
