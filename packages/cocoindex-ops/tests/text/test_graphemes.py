"""What readers see as one character is never cut in two, if it fits into a chunk."""

from __future__ import annotations

import pytest
import regex  # type: ignore[import-untyped]  # its stubs are a distribution of their own
from hypothesis import given
from hypothesis import strategies as st

from cocoindex.ops.text import RecursiveSplitter

SCRIPTS = {
    "Thai": ["\u0e01", "\u0e35", "\u0e49", "\u0e19"],
    "Khmer": ["\u1780", "\u17d2", "\u178f", "\u17b6", "\u17c6"],
    "Devanagari": ["\u0915", "\u094d", "\u0937", "\u093f", "\u0902"],
    "decomposed Korean": ["\u1112", "\u1161", "\u11ab", "\uac00", "\u11a8"],
    "flags": ["\U0001f1e9", "\U0001f1ea", "\U0001f1eb", "a"],
    "emoji": ["\U0001f469", "\u200d", "\U0001f466", "\U0001f3fd", "\ufe0f", "#\ufe0f\u20e3", "\u2764"],
    "signs": [".", ",", "(", "a", "\u0301", "\u200d", "\ufe0f"],
    "wide signs": ["\u3002", "\u3001", "\u0301", "\u200d", "\u0e33", "\u4e2d", "."],
    "signs of numbers": ["\u0600", "\u0601", "1", "a", "!", "\u3002"],
    "joined letters": ["\u0915\u094d\u200d", "\u0937", "\u1780\u17d2", "\u178f", "a", "("],
    "accents": ["e", "\u0301", "\u0323", "x", "!", "\u4e2d", "\u30ab\u3099", "\uff76\uff9e"],
}


@pytest.mark.parametrize("script", SCRIPTS)
@given(data=st.data())
def test_chunks_end_between_graphemes(script: str, data: st.DataObject) -> None:
    size = data.draw(st.integers(9, 40))
    text = "a" + "".join(data.draw(st.lists(st.sampled_from(SCRIPTS[script]), max_size=80)))
    overlap = data.draw(st.integers(0, size - 1))
    language = data.draw(st.sampled_from([None, "markdown", "python", "yaml"]))
    boundaries = {0} | {found.end() for found in regex.finditer(r"\X", text)}
    if max(len(found.encode()) for found in regex.findall(r"\X", text)) > size:
        return
    for chunk in RecursiveSplitter().split(text, size, chunk_overlap=overlap, language=language):
        assert chunk.start.char_offset in boundaries
        assert chunk.end.char_offset in boundaries
        assert len(chunk.text.encode()) <= size


@pytest.mark.parametrize("language", [None, "markdown", "python", "bash"])
@pytest.mark.parametrize("character", ["\U0001f1eb\U0001f1f7", "\u0f68\u0f7c\u0f7e", "\U0001f469\u200d\U0001f680"])
def test_an_indentation_leaves_room_for_the_first_character(character: str, language: str | None) -> None:
    text = f"a\n    {character}{character}"
    chunks = RecursiveSplitter().split(text, len(character.encode()) + 2, language=language)
    assert [chunk.text for chunk in chunks] == ["a", character, character]


def test_a_grapheme_that_is_larger_than_a_chunk_is_cut() -> None:
    text = "e" + "\u0301" * 20
    chunks = RecursiveSplitter().split(text, 10)
    assert "".join(chunk.text for chunk in chunks) == text
    assert all(len(chunk.text.encode()) <= 10 for chunk in chunks)
