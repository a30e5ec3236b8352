"""Chunks and positions are values."""

import pickle

import pytest

from cocoindex.resources.chunk import Chunk, TextPosition

CHUNK = Chunk(
    text="b", start=TextPosition(1, 1, 1, 2), end=TextPosition(byte_offset=2, char_offset=2, line=1, column=3)
)


def test_they_are_equal_by_value_and_can_be_stored() -> None:
    again = pickle.loads(pickle.dumps(CHUNK))
    assert again == CHUNK
    assert hash(again) == hash(CHUNK)
    assert again.start.line == 1


def test_they_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        CHUNK.text = "c"  # type: ignore[misc]  # what is tested
