"""Converts ascending character offsets to byte offsets, in linear time altogether. Ops layer."""

from __future__ import annotations


class ByteOffsets:
    """The offsets in the UTF-8 form of `text`, which has `size` bytes."""

    def __init__(self, text: str, size: int) -> None:
        self._text = text
        self._ascii = len(text) == size
        self._char = self._byte = 0

    def of(self, char: int) -> int:
        """Return the byte offset of character `char`, which must not be less than in the call before."""
        if self._ascii:
            return char
        self._byte += len(self._text[self._char : char].encode())
        self._char = char
        return self._byte
