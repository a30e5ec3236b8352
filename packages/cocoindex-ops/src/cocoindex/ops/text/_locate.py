"""Converts byte offsets to chunks, with positions in bytes, characters, lines and columns. Ops layer."""

from __future__ import annotations

from typing import NamedTuple

from cocoindex.resources.chunk import Chunk, TextPosition


class _Point(NamedTuple):
    """A point in a text: its offsets in bytes and characters, its line, and the character where this line begins."""

    byte: int
    char: int
    line: int
    line_char: int


class Locator:
    """Makes the chunks of one text; each call takes time in proportion to the text since the last chunk.

    Args:
        text: the text.
        data: its UTF-8 form.
    """

    def __init__(self, text: str, data: bytes) -> None:
        self._text = text
        self._data = data
        self._ascii = len(text) == len(data)
        self._at = _Point(0, 0, 1, 0)
        self._end = self._at  # the end of the last chunk; if the next one does not overlap, the search begins here

    def chunk(self, start: int, end: int) -> Chunk:
        """Return the chunk from byte `start` to byte `end`; `start` must not be less than in the call before."""
        self._at = at = self._move(self._end if start >= self._end.byte else self._at, start)
        text = self._text[start:end] if self._ascii else self._data[start:end].decode()
        newlines = text.count("\n")
        line_char = at.char + text.rfind("\n") + 1 if newlines else at.line_char
        self._end = to = _Point(end, at.char + len(text), at.line + newlines, line_char)
        return Chunk(text, _position(at), _position(to))

    def _move(self, at: _Point, to: int) -> _Point:
        """Return the point at byte `to`, which must not be before `at`."""
        byte, char, line, line_char = at
        if byte == to:
            return at
        newlines = self._data.count(b"\n", byte, to)
        if newlines:
            line_byte = self._data.rfind(b"\n", byte, to) + 1
            char += self._characters(byte, line_byte)
            byte, line, line_char = line_byte, line + newlines, char
        return _Point(to, char + self._characters(byte, to), line, line_char)

    def _characters(self, start: int, end: int) -> int:
        return end - start if self._ascii or start == end else len(self._data[start:end].decode())


def _position(at: _Point) -> TextPosition:
    return TextPosition(at.byte, at.char, at.line, at.char - at.line_char + 1)
