"""Passes a source to tree-sitter in pieces, and detects when a parser reads it too often. Ops layer."""

from __future__ import annotations

_PIECE = 2048
# How many consecutive pieces of 2048 bytes a parser may read, for each byte of the source: about 200 times the source.
# The scanners of some grammars search for a missing end up to the end of the text, again for each token.
_READ_ON = 0.1

# tree-sitter's binding never releases what a callback returned. So the callback returns a reused buffer; there is one
# for each concurrent parse.
_buffers: list[bytearray] = []


class Reader:
    """Reads one source for one parse; a context manager, and the read callback of tree-sitter.

    Attributes:
        is_spent: whether the parser read more than it may; from then on, the source seems to end.
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
        self._source = b""  # the tree keeps a reference to this reader
        self._buffer.clear()
        _buffers.append(self._buffer)

    def __call__(self, offset: int, _point: object) -> bytearray:
        if offset == self._expected:
            self._left -= 1
            self.is_spent = self._left < 0
        self._buffer[:] = b"" if self.is_spent else self._source[offset : offset + _PIECE]
        self._expected = offset + len(self._buffer)
        return self._buffer
