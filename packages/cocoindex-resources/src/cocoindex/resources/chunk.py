"""A piece of a text and where it lies in it; what splitters return.

Resources layer: plain data, imports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Chunk", "TextPosition"]


@dataclass(frozen=True, slots=True)
class TextPosition:
    """One point in a text, in every unit that a consumer may ask for.

    `byte_offset` counts bytes of the UTF-8 form and `char_offset` code points, both from 0.
    `line` and `column` count from 1; a column is a code point.
    """

    byte_offset: int
    char_offset: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a text: `text` is what lies between `start` (inclusive) and `end` (exclusive)."""

    text: str
    start: TextPosition
    end: TextPosition
