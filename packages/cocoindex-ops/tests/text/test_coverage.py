"""The chunks hold the whole text but for whitespace around them, each adds something, and none is too large."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cocoindex.ops.text import RecursiveSplitter
from cocoindex.resources.chunk import Chunk

SPLITTER = RecursiveSplitter()


@given(data=st.data())
def test_chunks(
    data: st.DataObject,
    texts: st.SearchStrategy[str],
    sizes: st.SearchStrategy[dict[str, int]],
    languages: st.SearchStrategy[str | None],
) -> None:
    text, arguments, language = data.draw(texts), data.draw(sizes), data.draw(languages)
    chunks = SPLITTER.split(text, **arguments, language=language)
    reached = 0
    for chunk in chunks:
        assert text[reached : chunk.start.char_offset].strip() == ""
        assert chunk.end.char_offset > reached
        reached = chunk.end.char_offset
        check_size(chunk, arguments["chunk_size"])
        assert chunk.text == chunk.text.rstrip() != ""
        assert chunk.text == chunk.text.lstrip() or text[chunk.start.char_offset - 1] == "\n"
    assert text[reached:].strip() == ""
    check_overlap(chunks, arguments.get("chunk_overlap", 0))


def check_size(chunk: Chunk, limit: int) -> None:
    assert len(chunk.text.encode()) <= limit or len(chunk.text) == 1


def check_overlap(chunks: list[Chunk], overlap: int) -> None:
    for before, after in pairwise(chunks):
        assert before.end.byte_offset - after.start.byte_offset <= overlap
