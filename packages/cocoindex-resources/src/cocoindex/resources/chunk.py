"""Chunks of text with their positions, as returned by splitters.

Resources layer: plain data, imports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Chunk", "TextPosition"]


@dataclass(frozen=True, slots=True)
class TextPosition:
    """A position in a text, in every common unit.

    `byte_offset` counts bytes of the UTF-8 form and `char_offset` code points, both from 0.
    `line` and `column` count from 1; a column is a code point.
    """

    byte_offset: int
    char_offset: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of a text: `text` is the part from `start` (inclusive) to `end` (exclusive)."""

    text: str
    start: TextPosition
    end: TextPosition
