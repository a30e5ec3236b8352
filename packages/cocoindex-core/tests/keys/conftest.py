"""Every kind of key, for property tests."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from cocoindex._keys import StableKey, Symbol


@pytest.fixture(scope="session")
def texts() -> st.SearchStrategy[str]:
    return st.one_of(st.text(), st.text(st.characters(codec=None)), st.text("\0\1\2a\"'\\/,]@[\ud800é"))


@pytest.fixture(scope="session")
def blobs() -> st.SearchStrategy[bytes]:
    return st.one_of(st.binary(), st.lists(st.sampled_from(b"\0\1\2\xff")).map(bytes))


@pytest.fixture(scope="session")
def ints() -> st.SearchStrategy[int]:
    return st.one_of(st.integers(), st.integers(-(2**2000), 2**2000), st.sampled_from([2**64, 2**64 - 1, -(2**64)]))


@pytest.fixture(scope="session")
def keys(
    texts: st.SearchStrategy[str], blobs: st.SearchStrategy[bytes], ints: st.SearchStrategy[int]
) -> st.SearchStrategy[StableKey]:
    scalars: st.SearchStrategy[StableKey] = st.one_of(
        st.none(), st.booleans(), ints, texts, blobs, st.uuids(), texts.map(Symbol)
    )
    return st.recursive(scalars, lambda inner: st.lists(inner, max_size=4).map(tuple))
