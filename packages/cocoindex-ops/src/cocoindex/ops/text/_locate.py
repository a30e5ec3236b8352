"""Turns byte offsets into chunks, with positions in bytes, characters, lines and columns. Ops layer."""

from __future__ import annotations

from cocoindex.resources.chunk import Chunk, TextPosition


class Locator:
    """Makes the chunks of one text; each call costs what lies between the last chunk and the new one.

    Args:
        text: the text.
        data: its UTF-8 form.
    """

    def __init__(self, text: str, data: bytes) -> None:
        self._text = text
        self._data = data
        self._ascii = len(text) == len(data)
        self._byte = self._char = 0
        self._line = 1
        self._line_char = 0  # the character offset at which the current line begins

    def chunk(self, start: int, end: int) -> Chunk:
        """Return the chunk from byte `start` to byte `end`; `start` must not be less than the last time."""
        self._move(start)
        text = self._text[start:end] if self._ascii else self._data[start:end].decode()
        begins = TextPosition(start, self._char, self._line, self._char - self._line_char + 1)
        return Chunk(text, begins, self._after(text, end))

    def _move(self, to: int) -> None:
        """Move on to byte `to`."""
        if to == self._byte:
            return
        newlines = self._data.count(b"\n", self._byte, to)
        if newlines:
            line_byte = self._data.rfind(b"\n", self._byte, to) + 1
            self._char += self._characters(self._byte, line_byte)
            self._byte = line_byte
            self._line += newlines
            self._line_char = self._char
        self._char += self._characters(self._byte, to)
        self._byte = to

    def _characters(self, start: int, end: int) -> int:
        return end - start if self._ascii else len(self._data[start:end].decode())

    def _after(self, text: str, end: int) -> TextPosition:
        """The position at byte `end`, which is where `text`, which begins at the current position, ends."""
        char = self._char + len(text)
        newlines = text.count("\n")
        line_char = self._char + text.rfind("\n") + 1 if newlines else self._line_char
        return TextPosition(end, char, self._line + newlines, char - line_char + 1)
