"""Whitespace in the UTF-8 form of a text: trimming and skipping. Ops layer."""

from __future__ import annotations

import re
from typing import NamedTuple

_BLANKS = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"
_WIDE = tuple(
    c.encode()
    for c in "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
SPACE = rb"(?:[ \t-\r\x1c-\x1f]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)"
_RUN = re.compile(SPACE + rb"*")


class Start(NamedTuple):
    """Where a piece begins: at byte `at`; its first character that is not whitespace is at byte `content`."""

    at: int
    content: int


def skip(data: bytes, at: int) -> int:
    """Return the offset of the first byte from `at` on that is not whitespace."""
    match = _RUN.match(data, at)
    return match.end() if match else at


def trim_end(data: bytes, start: int, end: int) -> int:
    """Return `end` moved back over whitespace, no further than `start`."""
    piece = data[start:end].rstrip(_BLANKS)
    while piece.endswith(_WIDE):
        last = next(space for space in _WIDE if piece.endswith(space))
        piece = piece[: -len(last)].rstrip(_BLANKS)
    return start + len(piece)


def begin(data: bytes, at: int, max_indent: int) -> Start:
    """Return where a piece begins after a cut at `at`: whitespace is skipped, but the indentation of a line is kept.

    An indentation of more than `max_indent` bytes is skipped, too, and so is that of the text's first line.
    """
    content = skip(data, at)
    newline = data.rfind(b"\n", max(at - 1, 0), content)
    if newline >= 0 and content - newline - 1 <= max_indent:
        return Start(newline + 1, content)
    return Start(content, content)
