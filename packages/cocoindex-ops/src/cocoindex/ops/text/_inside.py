"""Cuts where a text offers no boundary: inside a long word, or in a script that puts no spaces. Ops layer."""

from __future__ import annotations

import re
import unicodedata

from ._cut import INSIDE, WORD, Cut

_IDEOGRAPHS = r"\u2e80-\u2fff\u3005-\u3007\u3021-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_IDEOGRAPH = re.compile(rf"(?s:.*)[{_IDEOGRAPHS}\u3001-\u3003\u3009\u300b\u300d\uff00-\uffef](?!\W)")
_MARK = re.compile(r"(?s:.*)[!-/:-@\[-^`{-~\u2010-\u2027](?!\W)")
_JOINERS = "\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


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
    match = pattern.match(data[first:end].decode()) if first < end else None
    return first + len(match.group().encode()) if match else 0


def _keep_together(data: bytes, start: int, end: int) -> int:
    """`end`, moved back so that no accent or joiner is parted from its character, if that leaves anything."""
    at = end
    for _ in range(16):
        following = data[at : at + 4].decode(errors="ignore")[:1]
        before = data[start:at][-4:].decode(errors="ignore")[-1:]
        if not following or not (_joins(following) or before == "\u200d"):
            return at
        at = align(data, at - 1)
        if at <= start:
            break
    return end


def _joins(character: str) -> bool:
    return character in _JOINERS or unicodedata.combining(character) > 0
