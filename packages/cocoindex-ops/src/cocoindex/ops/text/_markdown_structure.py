"""Finds the headings and the fenced code of a Markdown text, according to CommonMark. Ops layer."""

from __future__ import annotations

import re
from typing import Final

from ._front_matter import front_matter_end
from ._markdown_line import MarkdownLine
from ._markdown_starts import (
    BLANK_LINE,
    COMMENT_END,
    FENCE,
    HEADING,
    HTML,
    HTML_PAIRS,
    HTML_TAG,
    LINK_DEFINITION,
    LIST_ITEM,
    TABLE_RULE,
    TEXT,
    TEXT_AND_BLANKS,
    THEMATIC_BREAK,
    UNDERLINE,
    cells,
    closing_fence,
)

_QUOTE: Final = 0
_DEEPEST = 50  # nested list items and quotes; anything deeper counts as text
_CODE_INDENT = 4


class _Container:
    """An open list item or quote: the indentation of its text (`_QUOTE` for a quote), and whether it has content."""

    __slots__ = ("has_content", "width")

    def __init__(self, width: int, has_content: bool) -> None:
        self.width = width
        self.has_content = has_content


class MarkdownStructure:
    """The structure of one text, found in one pass.

    Attributes:
        headings: the newline before each heading outside list items and quotes.
        levels: the level of each heading.
        fences: alternately the newline before an opening fence, and the end of its closing fence.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.headings: list[int] = []
        self.levels = bytearray()
        self.fences: list[int] = []
        self._line = MarkdownLine(data)
        self._open: list[_Container] = []
        self._paragraph = -1  # where the open paragraph begins; -1 if there is none
        self._is_table = False
        # The end of the code or HTML that is open in a list item or quote.
        self._fence: re.Pattern[bytes] | None = None
        self._html: re.Pattern[bytes] | None = None
        self._never = set[re.Pattern[bytes]]()  # ends of HTML that do not occur in the rest of the text
        self._scan(front_matter_end(data))

    def _scan(self, at: int) -> None:
        size = len(self._data)
        while (at := self._behind_text(at)) < size:
            self._line.begin(at)
            at = self._take()
        if self._fence:
            self.fences.append(size)

    def _behind_text(self, at: int) -> int:
        """Skip lines that begin without a mark, and so are text in any context; return where they end."""
        if self._fence or self._html:
            return at
        if self._open:
            text = TEXT.match(self._data, at) if self._paragraph >= 0 else None
            return text.end() if text else at
        found = TEXT_AND_BLANKS.match(self._data, at)
        assert found is not None
        if found.end() > at:
            begins = found.start(1) if found.end(1) == found.end() else -1
            if begins != at or self._paragraph < 0:
                self._begin_paragraph(begins)
        return found.end()

    def _take(self) -> int:
        """Process a line; return where the next one begins."""
        line = self._line
        inside = self._count_inside()
        is_inside = inside == len(self._open)
        if self._fence or self._html:
            if is_inside and self._goes_on():
                return line.next
            self._end_raw()
        if line.is_blank:
            del self._open[inside:]
            self._begin_paragraph(-1)
            return line.next
        if not is_inside and self._paragraph >= 0 and not self._begins_block(False):
            return line.next  # the paragraph continues, although the marks of its list items or quotes are missing
        if not is_inside:
            del self._open[inside:]
            self._begin_paragraph(-1)
        if self._open:
            self._open[-1].has_content = True
        return self._take_content()

    def _count_inside(self) -> int:
        """Move past the marks of the open list items and quotes that contain the line; return how many these are."""
        line = self._line
        for number, container in enumerate(self._open):
            if container.width == _QUOTE:
                if line.is_blank or line.byte != 0x3E or line.indent >= _CODE_INDENT:
                    return number
                line.enter_quote()
            elif line.is_blank:
                if not container.has_content:
                    return number
            elif line.indent >= container.width:
                line.base += container.width
            else:
                return number
        return len(self._open)

    def _goes_on(self) -> bool:
        """Say whether the line belongs to the code or HTML that is open in a list item or quote."""
        line = self._line
        if self._fence:
            if line.indent < _CODE_INDENT and not line.is_blank and self._fence.match(self._data, line.at):
                self.fences.append(line.end)
                self._fence = None
        elif self._html is BLANK_LINE:
            return not line.is_blank
        elif self._html and self._html.search(self._data, line.at, line.end):
            self._html = None
        return True

    def _end_raw(self) -> None:
        if self._fence:
            self.fences.append(self._line.start - 1)
        self._fence = self._html = None

    def _begins_block(self, in_paragraph: bool) -> bool:
        """Say whether anything other than text begins here."""
        line, data = self._line, self._data
        if line.indent >= _CODE_INDENT:
            return False
        byte, at = line.byte, line.at
        if byte == 0x3E:
            return len(self._open) < _DEEPEST
        if byte == 0x23:
            return HEADING.match(data, at) is not None
        if byte in b"`~":
            return FENCE.match(data, at) is not None
        if byte == 0x3C:
            return self._html_end(self._paragraph >= 0) is not None
        return THEMATIC_BREAK.match(data, at) is not None or self._item(in_paragraph) is not None

    def _item(self, in_paragraph: bool) -> re.Match[bytes] | None:
        """Match a list item; one that interrupts a paragraph must have text and, if numbered, begin with 1."""
        item = LIST_ITEM.match(self._data, self._line.at)
        if item is None or len(self._open) >= _DEEPEST:
            return None
        is_parting = in_paragraph and (item[2] is not None or (item[1] is not None and int(item[1]) != 1))
        return None if is_parting else item

    def _html_end(self, in_paragraph: bool) -> re.Pattern[bytes] | None:
        """Return the pattern for the end of the HTML block that begins here; None if none begins."""
        data, line = self._data, self._line
        for opens, ends in HTML_PAIRS:
            if opens.match(data, line.at):
                return ends
        if HTML.match(data, line.at) or (not in_paragraph and HTML_TAG.match(data, line.at)):
            return BLANK_LINE
        return None

    def _take_content(self) -> int:
        """Process the rest of a line, after the marks of the open list items and quotes; return the next line."""
        line, data = self._line, self._data
        while not line.is_blank:
            in_paragraph = self._paragraph >= 0 and not self._is_table
            if line.indent >= _CODE_INDENT:
                if not in_paragraph:
                    self._begin_paragraph(-1)
                return line.next
            if in_paragraph and UNDERLINE.match(data, line.at) and self._take_underline():
                return line.next
            if not self._begins_block(in_paragraph):
                self._take_text()
                return line.next
            self._begin_paragraph(-1)
            item = None if THEMATIC_BREAK.match(data, line.at) else LIST_ITEM.match(data, line.at)
            if line.byte == 0x3E:
                line.enter_quote()
                self._open.append(_Container(_QUOTE, True))
            elif item:
                width = line.enter_item(len(item[0]))
                self._open.append(_Container(width, not line.is_blank))
            else:
                return self._take_block()
        return line.next

    def _take_text(self) -> None:
        if self._paragraph < 0:
            self._begin_paragraph(self._line.start)
        elif (rule := TABLE_RULE.match(self._data, self._line.at)) is not None:
            head = self._data[self._data.rfind(b"\n", 0, self._line.start - 1) + 1 : self._line.start]
            self._is_table |= cells(head) == cells(rule[0])

    def _begin_paragraph(self, at: int) -> None:
        self._paragraph = at
        self._is_table = False

    def _take_underline(self) -> bool:
        """Make the open paragraph a heading, because it is underlined; return False if it has only link definitions."""
        begins, line = self._paragraph, self._line
        if not self._open:
            while definition := LINK_DEFINITION.match(self._data, begins, line.start):
                begins = definition.end()
            if begins >= line.start:
                return False
        self._add_heading(begins, 1 if line.byte == 0x3D else 2)
        self._begin_paragraph(-1)
        return True

    def _take_block(self) -> int:
        """Process a heading, a fence, HTML or a thematic break; return where the next line begins."""
        line, data = self._line, self._data
        if line.byte == 0x23:
            heading = HEADING.match(data, line.at)
            self._add_heading(line.start, len(heading[1]) if heading else 0)
        elif line.byte in b"`~":
            return self._take_fence()
        elif line.byte == 0x3C:
            return self._take_html()
        return line.next

    def _add_heading(self, at: int, level: int) -> None:
        newline = self._newline_before(at)
        if newline >= 0 and not self._open:  # the first line needs no cut before it
            self.headings.append(newline)
            self.levels.append(level)

    def _newline_before(self, at: int) -> int:
        """Return the newline before a line, or -1 for the first line."""
        return at - 1 if at and self._data[at - 1] == 0x0A else -1

    def _take_fence(self) -> int:
        line, data = self._line, self._data
        found = FENCE.match(data, line.at)
        mark = (found[1] or found[2]) if found else b""
        self.fences.append(max(self._newline_before(line.start), 0))
        if self._open:
            self._fence = closing_fence(mark[:1], len(mark))
            return line.next
        closing = closing_fence(mark[:1], len(mark), rb"\n {0,3}").search(data, line.end)
        end = closing.end() if closing else len(data)
        self.fences.append(end)
        return self._next_line(end)

    def _take_html(self) -> int:
        line = self._line
        ends = self._html_end(False) or BLANK_LINE
        if self._open:
            if ends is BLANK_LINE or not ends.search(self._data, line.at, line.end):
                self._html = ends
            return line.next
        end = None if ends in self._never else ends.search(self._data, line.at)
        if end is None and ends is COMMENT_END:
            self._never.add(ends)  # an unclosed comment ends at a blank line, like other HTML
            end = BLANK_LINE.search(self._data, line.at)
        return self._next_line(end.end()) if end else len(self._data)

    def _next_line(self, at: int) -> int:
        return self._data.find(b"\n", at) + 1 or len(self._data)
