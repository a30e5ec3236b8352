"""Cuts where a text offers no boundary: inside a long word, or in a script that puts no spaces. Ops layer."""

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

    It is after the last punctuation mark in lo..hi, or else as near to `hi` as a character ends, so that the piece is
    as large as it may be; a first character that is larger than that stays whole.
    """
    end = align(data, hi)
    if end <= start:
        at = align_up(data, hi + 1)
    else:
        at = _after_last(_MARK, data, lo, end) or _keep_together(data, start, end)
    return Cut(at, at, INSIDE)


def cut_between_ideographs(data: bytes, lo: int, hi: int) -> Cut | None:
    """Return the cut after the last ideograph or syllable, in lo..hi, of a script that puts no spaces."""
    at = _after_last(_IDEOGRAPH, data, lo, align(data, hi))
    return Cut(at, at, WORD) if at else None


def align(data: bytes, at: int) -> int:
    """Return `at`, moved back to where a character begins."""
    while 0 < at < len(data) and data[at] & 0xC0 == 0x80:
        at -= 1
    return at


def align_up(data: bytes, at: int) -> int:
    """Return `at`, moved on to where a character begins."""
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    return at


def _after_last(pattern: re.Pattern[str], data: bytes, lo: int, end: int) -> int:
    """The end of the last match in lo..end, or 0."""
    first = align(data, lo)
    while first < end and (match := pattern.match(data[first:end].decode())) is not None:
        at = first + len(match.group().encode())
        if not is_in_grapheme(data, at):
            return at
        end = align(data, at - 1)
    return 0


def is_in_grapheme(data: bytes, at: int) -> bool:
    """Whether what follows belongs to the character before; of flags side by side this may be said in between, too."""
    if not 0 < at < len(data) or data[at] in _BLANKS or (data[at] < 0x80 and data[at - 1] < 0x80):
        return False
    if _goes_with(data, at):
        return True
    # What stands before matters only where it begins no character itself: a joiner, or what joins two letters.
    before = align(data, at - 1)
    if before == 0 or not _goes_with(data, before):
        return False
    return any(first < at < after for first, after in _graphemes(data, align(data, max(at - _LOOK_AROUND, 0)), at))


def _goes_with(data: bytes, at: int) -> bool:
    """Whether what begins at `at` belongs to the code point before it, as far as these two say."""
    two = data[align(data, at - 1) : align_up(data, at + 1)].decode()
    return bool(_grapheme().match(two).end() == len(two))


@cache
def _grapheme() -> Any:
    import regex  # type: ignore[import-untyped]  # its stubs are a distribution of their own

    return regex.compile(r"\X")


def _keep_together(data: bytes, start: int, end: int) -> int:
    """`end`, moved back so that no accent, joiner or the like is parted from its character, if that leaves anything."""
    last = max((after for _, after in _graphemes(data, start, end) if after <= end), default=start)
    return last if last > start else end


def align_grapheme_up(data: bytes, start: int, at: int) -> int:
    """Return `at`, moved on to where a grapheme begins, of those of the text from `start` on."""
    return next((first for first, after in _graphemes(data, start, at) if first >= at), align_up(data, at))


def _graphemes(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the graphemes begin and end that begin from `start` to `end`; `start` is where one begins."""
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
