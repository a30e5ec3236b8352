"""Checks the arguments of splitters, before any work. Ops layer."""

from __future__ import annotations

import operator
from typing import SupportsIndex

from cocoindex.connectorkits import shown

from ._pack import Sizes
from .errors import SplitSizeError, SplitterArgumentError, UnsplittableTextError
from .utf8 import why_not_utf8


def encode(text: str) -> bytes:
    """Return the UTF-8 form of `text`.

    Raises:
        UnsplittableTextError: it is not a `str`, or contains half of a surrogate pair.
    """
    if not isinstance(text, str):
        raise UnsplittableTextError(f"a text to split is a str, not {type(text).__name__}")
    if (why := why_not_utf8(text)) is not None:
        raise UnsplittableTextError(f"the text cannot be split: {why}")
    return text.encode()


def check_sizes(chunk_size: int, min_chunk_size: int | None, chunk_overlap: int | None) -> Sizes:
    """Return the sizes, in bytes; by default, the minimum is half of the chunk size, and the overlap is 0.

    Raises:
        SplitSizeError, SplitterArgumentError: a size is out of range, or not a whole number.
    """
    limit = _whole("chunk_size", chunk_size)
    least = limit // 2 if min_chunk_size is None else _whole("min_chunk_size", min_chunk_size)
    overlap = 0 if chunk_overlap is None else _whole("chunk_overlap", chunk_overlap)
    if limit < 1:
        raise SplitSizeError(f"chunk_size is {limit}; it must be at least 1 byte")
    if not 0 <= least <= limit:
        raise SplitSizeError(f"min_chunk_size is {least}; it must be between 0 and chunk_size, which is {limit}")
    if not 0 <= overlap < limit:
        raise SplitSizeError(f"chunk_overlap is {overlap}; it must be at least 0 and less than chunk_size, {limit}")
    return Sizes(limit, least, overlap)


def check_text(value: str, what: str) -> str:
    """Return `value`; raise `SplitterArgumentError` if it is not a `str`."""
    if not isinstance(value, str):
        raise SplitterArgumentError(f"{what} is a str, not {type(value).__name__}")
    return value


def check_texts(values: list[str] | None, what: str) -> list[str]:
    """Return `values` as a list; raise `SplitterArgumentError` if they are not a list or tuple of `str`."""
    if values is None:
        return []
    if not isinstance(values, list | tuple):
        raise SplitterArgumentError(f"{what} is a list of str, not {type(values).__name__}")
    return [check_text(value, f"each of {what}") for value in values]


def _whole(name: str, value: SupportsIndex) -> int:
    try:
        if isinstance(value, bool):
            raise TypeError("a bool is no number of bytes")
        return operator.index(value)
    except TypeError:
        raise SplitterArgumentError(f"{name} is a whole number of bytes, not {shown(value)}") from None
