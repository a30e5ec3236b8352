"""Makes chunks of a text from byte offsets, in any order. Ops layer."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Final

from cocoindex.resources.chunk import Chunk, TextPosition

_BLOCK: Final = 1024
_INSIDE_CHARACTERS: Final = bytes(range(0x80, 0xC0))


class Positions:
    """Makes chunks of one text.

    Args:
        data: the text in UTF-8.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lines = [0, *accumulate(len(line) + 1 for line in data.split(b"\n"))]
        blocks = (data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK))
        self._blocks = None if data.isascii() else list(accumulate(map(_count, blocks), initial=0))
        # Matches and captures often have the same text, or begin or end at the same place.
        self._chunks: dict[tuple[int, int], Chunk] = {}
        self._positions: dict[int, TextPosition] = {}

    def chunk(self, start: int, end: int) -> Chunk:
        """Return the chunk from byte `start` to byte `end`, always the same object."""
        chunk = self._chunks.get((start, end))
        if chunk is None:
            chunk = Chunk(self._data[start:end].decode(), self.position(start), self.position(end))
            self._chunks[start, end] = chunk
        return chunk

    def position(self, byte: int) -> TextPosition:
        """Return the position of a byte; lines and columns count from 1."""
        position = self._positions.get(byte)
        if position is None:
            position = self._positions[byte] = self._new_position(byte)
        return position

    def _new_position(self, byte: int) -> TextPosition:
        line = bisect_right(self._lines, byte)
        char = self._char(byte)
        return TextPosition(byte, char, line, char - self._char(self._lines[line - 1]) + 1)

    def _char(self, byte: int) -> int:
        """Return the number of characters before a byte, in constant time."""
        if self._blocks is None:
            return byte
        block = byte // _BLOCK
        return self._blocks[block] + _count(self._data[block * _BLOCK : byte])


def _count(data: bytes) -> int:
    return len(data.translate(None, _INSIDE_CHARACTERS))
