"""`SeparatorSplitter`: splits a text wherever a regular expression matches. Ops layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cocoindex.connectorkits import shown
from cocoindex.resources.chunk import Chunk

from ._arguments import check_texts, encode
from ._byte_offsets import ByteOffsets
from ._locate import Locator
from ._patterns import compile_separator, join
from .errors import KeepSeparatorError, SplitterArgumentError

_TRIMMED = " \t\n\x0c\r"


class SeparatorSplitter:
    """Splits texts at every match of a separator. One splitter can be used for many texts.

    Args:
        separators_regex: regular expressions, each a separator; the first one that matches at a place wins. `^` and
            `$` match at each line. Without any, a text is one chunk.
        keep_separator: `"left"` keeps a separator at the end of the chunk before it, `"right"` at the start of the
            chunk after it; None drops it.
        include_empty: whether to return empty chunks.
        trim: whether to remove ASCII whitespace (space, tab, line feed, form feed, carriage return) around chunks.

    Raises:
        SeparatorPatternError: (a `ValueError`) a separator is not a valid regular expression.
        KeepSeparatorError: (a `ValueError`) `keep_separator` has an unknown value.
        SplitterArgumentError: (a `TypeError`) an argument has the wrong type.
    """

    def __init__(
        self,
        separators_regex: list[str],
        *,
        keep_separator: Literal["left", "right"] | None = None,
        include_empty: bool = False,
        trim: bool = True,
    ) -> None:
        if separators_regex is None:
            raise SplitterArgumentError("separators_regex is a list of str, not None")
        separators = check_texts(separators_regex, "separators_regex")
        if keep_separator not in (None, "left", "right"):
            raise KeepSeparatorError(f"keep_separator is 'left', 'right' or None, not {shown(keep_separator)}")
        for name, value in (("include_empty", include_empty), ("trim", trim)):
            if not isinstance(value, bool):
                raise SplitterArgumentError(f"{name} is a bool, not {shown(value)}")
        for separator in separators:
            compile_separator(separator, "separators_regex")
        self._pattern = compile_separator(join(separators), "separators_regex") if separators else None
        self._keep = keep_separator
        self._include_empty = include_empty
        self._trim = trim

    def split(self, text: str) -> list[Chunk]:
        """Return the chunks of `text`, in order.

        Raises:
            UnsplittableTextError: (a `TypeError` and `ValueError`) `text` is not a `str` or cannot be encoded as UTF-8.
        """
        data = encode(text)
        locator, offsets = Locator(text, data), ByteOffsets(text, len(data))
        chunks = []
        for start, end in self._pieces(text):
            if self._trim:
                start, end = _trimmed(text, start, end)
            if start < end or self._include_empty:
                chunks.append(locator.chunk(offsets.of(start), offsets.of(end)))
        return chunks

    def _pieces(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each piece, in characters."""
        start = 0
        for left, right in self._separators(text):
            yield start, right if self._keep == "left" else left
            start = left if self._keep == "right" else right
        yield start, len(text)

    def _separators(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each separator; an empty one directly after another is skipped."""
        last = -1
        for match in self._pattern.finditer(text) if self._pattern else ():
            left, right = match.span()
            if left == right == last:
                continue
            last = right
            yield left, right


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    stripped = piece.lstrip(_TRIMMED)
    start = end - len(stripped)
    return start, start + len(stripped.rstrip(_TRIMMED))
