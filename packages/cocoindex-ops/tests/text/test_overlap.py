"""With an overlap, a chunk repeats the end of the one before: at most as much as asked for, from a boundary on."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex.ops.text import RecursiveSplitter
from cocoindex.resources.chunk import Chunk

SPLITTER = RecursiveSplitter()
WORDS = " ".join(f"w{i:02}" for i in range(30))


def repeated(chunks: list[Chunk]) -> list[int]:
    return [before.end.byte_offset - after.start.byte_offset for before, after in pairwise(chunks)]


@pytest.mark.parametrize(("overlap", "bytes_repeated"), [(3, 3), (4, 3), (6, 3), (7, 7), (10, 7), (11, 11)])
def test_as_many_words_as_fit(overlap: int, bytes_repeated: int) -> None:
    chunks = SPLITTER.split(WORDS, 24, chunk_overlap=overlap)
    assert set(repeated(chunks)) == {bytes_repeated}


def test_none_without_it() -> None:
    assert all(count < 0 for count in repeated(SPLITTER.split(WORDS, 24)))
    assert SPLITTER.split(WORDS, 24, chunk_overlap=0) == SPLITTER.split(WORDS, 24)


def test_lines_are_preferred_to_words() -> None:
    text = "".join(f"line {i:02} has some words.\n" for i in range(40))
    chunks = SPLITTER.split(text, 200, chunk_overlap=60)
    assert set(repeated(chunks)) == {47}
    assert all(chunk.start.column == 1 for chunk in chunks)


def test_a_long_word_repeats_characters() -> None:
    assert set(repeated(SPLITTER.split("x" * 500, 100, chunk_overlap=30))) == {30}
    assert set(repeated(SPLITTER.split("é" * 500, 100, chunk_overlap=31))) == {30}


@given(words=st.lists(st.text("ab", min_size=1, max_size=5), min_size=30, max_size=60), overlap=st.integers(6, 20))
def test_something_is_repeated_wherever_a_word_fits(words: list[str], overlap: int) -> None:
    chunks = SPLITTER.split(" ".join(words), 40, chunk_overlap=overlap)
    assert all(1 <= count <= overlap for count in repeated(chunks))


@given(
    words=st.lists(st.text("ab", min_size=1, max_size=5), min_size=60, max_size=120),
    overlap=st.integers(0, 60),
    least=st.integers(1, 100),
)
def test_each_chunk_but_the_last_brings_something_new(words: list[str], overlap: int, least: int) -> None:
    chunks = SPLITTER.split(" ".join(words), 100, min_chunk_size=least, chunk_overlap=overlap)
    brought = [after.end.byte_offset - before.end.byte_offset for before, after in pairwise(chunks)]
    enough = min(least, (100 - overlap) // 2) - len("abab ")  # cuts are between words
    assert all(count >= enough for count in brought[:-1])
