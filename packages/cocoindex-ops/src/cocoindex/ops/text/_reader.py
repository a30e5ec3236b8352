"""Hands a source to tree-sitter piece by piece, and says when a parser goes over it too often. Ops layer."""

from __future__ import annotations

_PIECE = 2048
# How many pieces a parser may read on from the one before: 2 048 bytes a piece, so that each byte is read 200 times.
# Scanners of some grammars look for the end of what is not closed up to the end of the text, for each token anew.
_READ_ON = 0.1

# tree-sitter's binding never lets go of what a callback returned. So that is one of a few buffers which are used again
# and again: one for each parse that is under way at a time.
_buffers: list[bytearray] = []


class Reader:
    """Reads one source, for one parse. Use it as a context manager, and call it as tree-sitter does.

    Attributes:
        is_spent: whether the parser read more than it may; from then on the source is at its end.
    """

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._left = 200 + _READ_ON * len(source)
        self._expected = 0
        self._buffer = bytearray()
        self.is_spent = False

    def __enter__(self) -> Reader:
        if _buffers:
            self._buffer = _buffers.pop()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._source = b""  # a tree holds on to what it was read by
        self._buffer.clear()
        _buffers.append(self._buffer)

    def __call__(self, offset: int, _point: object) -> bytearray:
        if offset == self._expected:
            self._left -= 1
            self.is_spent = self._left < 0
        self._buffer[:] = b"" if self.is_spent else self._source[offset : offset + _PIECE]
        self._expected = offset + len(self._buffer)
        return self._buffer
