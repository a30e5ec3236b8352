"""A word is cut in two only where it is longer than a chunk; so are letters with accents, and joined emoji."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex.ops.text import RecursiveSplitter

SPLITTER = RecursiveSplitter()
WORDS = st.text("abcé.,-", min_size=1, max_size=12)
SPACES = st.sampled_from([" ", "  ", "\n", "\n\n", "\t"])


@given(
    words=st.lists(WORDS, min_size=1, max_size=60),
    space=SPACES,
    size=st.integers(1, 60),
    overlap=st.integers(0, 30),
    language=st.sampled_from([None, "markdown", "bash"]),
)
def test_words(words: list[str], space: str, size: int, overlap: int, language: str | None) -> None:
    text = space.join(words)
    chunks = SPLITTER.split(text, size, chunk_overlap=min(overlap, size - 1), language=language)
    for before, after in pairwise(chunks):
        if not text[before.end.char_offset].isspace():
            assert len(before.text.split()) == 1, "there was a boundary in the chunk"
        if after.start.char_offset > 0 and not text[after.start.char_offset - 1].isspace():
            assert len(before.text.split()) == 1


@pytest.mark.parametrize("language", [None, "markdown", "python", "bash"])
def test_a_word_longer_than_a_chunk_is_cut_at_the_size(language: str | None) -> None:
    chunks = SPLITTER.split("short " + "x" * 250 + " end", 100, language=language)
    assert [len(chunk.text) for chunk in chunks] == [5, 100, 100, 54]


def test_a_word_is_cut_after_a_mark_if_it_has_one() -> None:
    chunks = SPLITTER.split("http://example.com/" + "path/" * 10, 30)
    assert [chunk.text for chunk in chunks] == ["http://example.com/path/path/", "path/" * 6, "path/" * 2]


def test_ideographs_are_cut_after_sentences_or_anywhere() -> None:
    assert [chunk.text for chunk in SPLITTER.split("今天天气好。我们去公园。", 24)] == ["今天天气好。", "我们去公园。"]
    assert [chunk.text for chunk in SPLITTER.split("今天天气好我们去公园", 12)] == ["今天天气", "好我们去", "公园"]


def test_accents_and_joined_emoji_stay_together() -> None:
    assert [chunk.text for chunk in SPLITTER.split("e\u0301" * 6, 8)] == ["e\u0301" * 2] * 3
    family = "👨\u200d👩\u200d👧"
    assert [chunk.text for chunk in SPLITTER.split(family * 3, 30)] == [family] * 3
