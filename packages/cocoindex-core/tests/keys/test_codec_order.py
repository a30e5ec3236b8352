from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex._keys import Symbol, encode_key, encode_parts

Texts = st.SearchStrategy[str]


@given(st.data())
def test_encodings_sort_as_the_keys_of_one_type_do(
    texts: Texts, blobs: st.SearchStrategy[bytes], ints: st.SearchStrategy[int], data: st.DataObject
) -> None:
    kinds: list[st.SearchStrategy[Any]] = [
        *(ints, texts, blobs, st.booleans(), st.uuids(), texts.map(Symbol)),
        *(st.tuples(texts, ints), st.lists(ints).map(tuple), st.tuples(st.lists(texts).map(tuple), blobs)),
    ]
    keys = data.draw(st.sampled_from(kinds).flatmap(st.lists))
    assert sorted(keys, key=encode_key) == sorted(keys)


@given(st.data())
def test_paths_sort_part_by_part(texts: Texts, data: st.DataObject) -> None:
    paths = data.draw(st.lists(st.lists(texts)))
    assert sorted(paths, key=encode_parts) == sorted(paths)


@pytest.mark.parametrize("bits", range(0, 80, 8))
def test_integers_where_their_length_changes(bits: int) -> None:
    borders = sorted({sign * 2**bits + step for step in (-2, -1, 0, 1) for sign in (-1, 1)})
    assert sorted(borders, key=encode_key) == borders
