"""Chunks of a text by byte offsets, in any order. Ops layer."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from cocoindex.resources.chunk import Chunk, TextPosition


class Positions:
    """Makes chunks of one text.

    Args:
        data: the text in UTF-8.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        lines = [line + b"\n" for line in data.split(b"\n")]
        self._bytes = list(accumulate(map(len, lines), initial=0))
        self._chars = list(accumulate((len(line.decode()) for line in lines), initial=0))

    def chunk(self, start: int, end: int) -> Chunk:
        """The chunk from byte `start` to byte `end`."""
        return Chunk(self._data[start:end].decode(), self.position(start), self.position(end))

    def position(self, byte: int) -> TextPosition:
        """Where a byte lies: lines and columns count from 1."""
        line = bisect_right(self._bytes, byte) - 1
        begins = self._bytes[line]
        column = len(self._data[begins:byte].decode())
        return TextPosition(byte, self._chars[line] + column, line + 1, column + 1)
