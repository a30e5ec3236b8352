"""Finds cuts where a text has no boundary: inside a long word, or in a script without spaces. Ops layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from ._cut import INSIDE, WORD, Cut

_IDEOGRAPHS = r"\u2e80-\u2fff\u3005-\u3007\u3021-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_EXTENDING = r"\u1160-\u11ff\ud7b0-\ud7ff\uff9e\uff9f"  # letters that belong to the syllable before them
_IDEOGRAPH = re.compile(rf"(?s:.*)[{_IDEOGRAPHS}\u3001-\u3003\u3009\u300b\u300d\uff00-\uffef](?![\W{_EXTENDING}])")
_MARK = re.compile(r"(?s:.*)[!-/:-@\[-^`{-~\u2010-\u2027](?!\W)")
_BLANKS = b" \t\n\v\f\r"
_LOOK_AROUND = 64  # bytes that may belong to one character


def cut_inside(data: bytes, start: int, lo: int, hi: int) -> Cut:
    """Return where to cut a piece that begins at `start` and has no boundary up to `hi`.

    The cut is after the last punctuation mark in lo..hi. If there is none, it is after the last whole character up to
    `hi`, so that the piece is as large as possible; a first character that is larger stays whole.
    """
    end = align(data, hi)
    if end <= start:
        at = align_up(data, hi + 1)
    else:
        at = _after_last(_MARK, data, lo, end) or _keep_together(data, start, end)
    return Cut(at, at, INSIDE)


def cut_between_ideographs(data: bytes, lo: int, hi: int) -> Cut | None:
    """Return the cut after the last ideograph or syllable of a script without spaces, in lo..hi."""
    at = _after_last(_IDEOGRAPH, data, lo, align(data, hi))
    return Cut(at, at, WORD) if at else None


def align(data: bytes, at: int) -> int:
    """Return `at`, moved back to the beginning of a character."""
    while 0 < at < len(data) and data[at] & 0xC0 == 0x80:
        at -= 1
    return at


def align_up(data: bytes, at: int) -> int:
    """Return `at`, moved forward to the beginning of a character."""
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    return at


def _after_last(pattern: re.Pattern[str], data: bytes, lo: int, end: int) -> int:
    """Return the end of the last match in lo..end, or 0."""
    first = align(data, lo)
    while first < end and (match := pattern.match(data[first:end].decode())) is not None:
        at = first + len(match.group().encode())
        if not is_in_grapheme(data, at):
            return at
        end = align(data, at - 1)
    return 0


def is_in_grapheme(data: bytes, at: int) -> bool:
    """Say whether `at` is inside a grapheme; between two adjacent flags, the answer may wrongly be True."""
    if not 0 < at < len(data) or data[at] in _BLANKS or (data[at] < 0x80 and data[at - 1] < 0x80):
        return False
    if _goes_with(data, at):
        return True
    # Earlier code points matter only if the one before continues a grapheme itself, as a joiner does.
    before = align(data, at - 1)
    if before == 0 or not _goes_with(data, before):
        return False
    return any(first < at < after for first, after in _graphemes(data, align(data, max(at - _LOOK_AROUND, 0)), at))


def _goes_with(data: bytes, at: int) -> bool:
    """Say whether the code point at `at` and the one before it form one grapheme, judging by these two alone."""
    two = data[align(data, at - 1) : align_up(data, at + 1)].decode()
    return bool(_grapheme().match(two).end() == len(two))


@cache
def _grapheme() -> Any:
    import regex  # type: ignore[import-untyped]  # its stubs are a distribution of their own

    return regex.compile(r"\X")


def _keep_together(data: bytes, start: int, end: int) -> int:
    """Return `end`, moved back to the end of a grapheme, unless the piece would be empty then."""
    last = max((after for _, after in _graphemes(data, start, end) if after <= end), default=start)
    return last if last > start else end


def align_grapheme_up(data: bytes, start: int, at: int) -> int:
    """Return `at`, moved forward to the beginning of a grapheme; `start` is the beginning of one."""
    return next((first for first, after in _graphemes(data, start, at) if first >= at), align_up(data, at))


def _graphemes(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the range of each grapheme that begins in start..end; `start` is the beginning of one."""
    stop = align_up(data, end + _LOOK_AROUND)
    text = data[start:stop]
    if text.isascii():
        yield from ((at, at + 1) for at in range(max(start, end - 1), min(end + 1, stop)))
        return
    for found in _grapheme().finditer(text.decode()):
        after = start + len(found[0].encode())
        yield start, after
        if start >= end:
            return
        start = after
