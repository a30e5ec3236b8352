"""Arguments that cannot be used are refused, with an error that says which, and why."""

from __future__ import annotations

from typing import Any

import pytest

from cocoindex.errors import CocoIndexError
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.ops.text.errors import SplitSizeError, SplitterArgumentError, UnsplittableTextError

SPLITTER = RecursiveSplitter()


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"chunk_size": 0}, "chunk_size"),
        ({"chunk_size": -1}, "chunk_size"),
        ({"chunk_size": 10, "min_chunk_size": 11}, "min_chunk_size"),
        ({"chunk_size": 10, "min_chunk_size": -1}, "min_chunk_size"),
        ({"chunk_size": 10, "chunk_overlap": 10}, "chunk_overlap"),
        ({"chunk_size": 10, "chunk_overlap": -1}, "chunk_overlap"),
    ],
)
def test_sizes_out_of_range(arguments: dict[str, Any], name: str) -> None:
    with pytest.raises(SplitSizeError, match=f"^{name} is") as caught:
        SPLITTER.split("text", **arguments)
    assert isinstance(caught.value, CocoIndexError)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, OverflowError)


@pytest.mark.parametrize("name", ["chunk_size", "min_chunk_size", "chunk_overlap"])
@pytest.mark.parametrize("size", [1.5, "10", True, float("nan"), b"10"])
def test_sizes_of_another_type(name: str, size: Any) -> None:
    with pytest.raises(SplitterArgumentError, match=f"^{name} is a whole number of bytes, not") as caught:
        SPLITTER.split("text", **{"chunk_size": 100, name: size})
    assert isinstance(caught.value, TypeError)


def test_a_language_of_another_type() -> None:
    with pytest.raises(SplitterArgumentError, match="language"):
        SPLITTER.split("text", 10, language=3)  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("text", [None, b"text", 3])
def test_no_text(text: Any) -> None:
    with pytest.raises(UnsplittableTextError, match=type(text).__name__) as caught:
        SPLITTER.split(text, 10)
    assert isinstance(caught.value, TypeError)


def test_a_lone_surrogate_is_pointed_out() -> None:
    with pytest.raises(UnsplittableTextError, match="character 3 is") as caught:
        SPLITTER.split("abc\ud800", 10)
    assert isinstance(caught.value, ValueError)


def test_huge_sizes_are_fine() -> None:
    assert [chunk.text for chunk in SPLITTER.split("a b", 2**70)] == ["a b"]
