"""Regular expressions for the beginnings of Markdown lines, according to CommonMark. Ops layer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_END = rb"[ \t]*(?=\r?\n|\r?\Z)"

# Blank lines and lines of running text, which begin without a mark; group 1 is the last run of text lines.
_TEXT_LINES = rb"(?:[^\s>\-*+0-9#`~<=_|:\[][^\n]*(?:\n|\Z))+"
TEXT: Final = re.compile(_TEXT_LINES)
TEXT_AND_BLANKS: Final = re.compile(rb"(?:(?:[ \t\r]*\n)+|(" + _TEXT_LINES + rb"))*")
BLANK_LINE: Final = re.compile(rb"\n(?=[ \t\r]*(?:\n|\Z))")

HEADING: Final = re.compile(rb"(#{1,6})(?:[ \t]|" + _END + rb")")
UNDERLINE: Final = re.compile(rb"(?:=+|-+)" + _END)
THEMATIC_BREAK: Final = re.compile(rb"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})" + _END)
FENCE: Final = re.compile(rb"(`{3,})[^`\n]*(?=\n|\Z)|(~{3,})")
LIST_ITEM: Final = re.compile(rb"(?:[-+*]|(\d{1,9})[.)])(?=([ \t]*(?=\r?\n|\r?\Z))|[ \t])")
TABLE_RULE: Final = re.compile(rb"(?=[^\n]*\|)\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?" + _END)
LINK_DEFINITION: Final = re.compile(
    rb"[ \t]*\[(?=[^\n]*\S)(?:\\.|[^\[\]\\]){1,999}\]:[ \t]*\r?\n?[ \t]*(?:<[^<>\n]*>|[^\s<]\S*)"
    rb"(?:(?:[ \t]+\r?\n?|\r?\n)[ \t]*(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\)))?"
    rb"[ \t]*(?:\r?\n|\Z)"
)
_BAR = re.compile(rb"(?<!\\)\|")

_BLOCK_TAGS = (
    rb"address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|"
    rb"fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|"
    rb"menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|"
    rb"title|tr|track|ul"
)
_ATTRIBUTE = rb"[ \t]+[A-Za-z_:][\w:.-]*(?:[ \t]*=[ \t]*(?:[^ \t\r\n\"'=<>`]+|'[^'\n]*'|\"[^\"\n]*\"))?"
# HTML blocks that end at a blank line: HTML may interrupt a paragraph, HTML_TAG may not.
HTML: Final = re.compile(rb"</?(?:" + _BLOCK_TAGS + rb")(?=[ \t\r\n>]|/>|\Z)", re.IGNORECASE)
HTML_TAG: Final = re.compile(
    rb"(?:<[A-Za-z][A-Za-z0-9-]*(?:" + _ATTRIBUTE + rb")*[ \t]*/?>|</[A-Za-z][A-Za-z0-9-]*[ \t]*>)" + _END
)
# HTML blocks that end with the line that contains their end mark.
COMMENT_END: Final = re.compile(rb"-->")
_HTML_PAIRS = (
    (rb"<(?:script|pre|style|textarea)(?=[ \t\r\n>]|\Z)", rb"</(?:script|pre|style|textarea)>"),
    (rb"<\?", rb"\?>"),
    (rb"<![A-Za-z]", rb">"),
    (rb"<!\[CDATA\[", rb"\]\]>"),
)
HTML_PAIRS: Final = (
    (re.compile(rb"<!--"), COMMENT_END),
    *((re.compile(opens, re.IGNORECASE), re.compile(ends, re.IGNORECASE)) for opens, ends in _HTML_PAIRS),
)


@lru_cache(64)
def closing_fence(mark: bytes, least: int, before: bytes = b"") -> re.Pattern[bytes]:
    """Return a pattern for the closing fence: at least `least` marks, nothing after them, and `before` before them."""
    return re.compile(before + mark + rb"{%d,}" % least + _END)


def cells(row: bytes) -> int:
    """Return the number of cells in a row of a table."""
    return len(_BAR.findall(row.strip().removeprefix(b"|").removesuffix(b"|"))) + 1
