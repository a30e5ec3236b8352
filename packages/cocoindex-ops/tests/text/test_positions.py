"""Chunks say exactly where they lie, in bytes, characters, lines and columns, in any Unicode."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cocoindex.ops.text import CustomLanguageConfig, RecursiveSplitter, SeparatorSplitter
from cocoindex.resources.chunk import Chunk, TextPosition

SPLITTER = RecursiveSplitter(custom_languages=[CustomLanguageConfig("custom", [r"\n\n+", r"[.!?]+\s+", r"\s+"])])


def position(text: str, char: int) -> TextPosition:
    """The position of a character, found the slow way."""
    before = text[:char]
    return TextPosition(len(before.encode()), char, before.count("\n") + 1, char - (before.rfind("\n") + 1) + 1)


def check(text: str, chunks: list[Chunk]) -> None:
    for chunk in chunks:
        start, end = chunk.start.char_offset, chunk.end.char_offset
        assert chunk.text == text[start:end]
        assert chunk.start == position(text, start)
        assert chunk.end == position(text, end)
    starts = [chunk.start.char_offset for chunk in chunks]
    assert starts == sorted(starts)


@given(data=st.data())
def test_recursive(
    data: st.DataObject,
    texts: st.SearchStrategy[str],
    sizes: st.SearchStrategy[dict[str, int]],
    languages: st.SearchStrategy[str | None],
) -> None:
    text = data.draw(texts)
    check(text, SPLITTER.split(text, **data.draw(sizes), language=data.draw(languages)))


@given(data=st.data(), keep=st.sampled_from([None, "left", "right"]), empty=st.booleans(), trim=st.booleans())
def test_by_separator(data: st.DataObject, texts: st.SearchStrategy[str], keep: None, empty: bool, trim: bool) -> None:
    text = data.draw(texts)
    pattern = data.draw(st.sampled_from([r"\n", r"\s+", "e", "", "文|$", r"(?=a)"]))
    check(text, SeparatorSplitter([pattern], keep_separator=keep, include_empty=empty, trim=trim).split(text))
