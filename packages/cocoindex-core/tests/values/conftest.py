"""Values of every kind, for property tests."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import strategies as st

Values = st.SearchStrategy[Any]


@pytest.fixture(scope="session")
def scalars() -> Values:
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(-(2**200), 2**200),
        st.floats(allow_nan=False),
        st.text(st.characters(codec=None)),
        st.binary(),
    )


@pytest.fixture(scope="session")
def leaves(scalars: Values) -> Values:
    zones = st.one_of(st.none(), st.timezones(), st.just(datetime.UTC))
    return st.one_of(
        scalars,
        st.complex_numbers(allow_nan=False),
        st.uuids(),
        st.decimals(allow_nan=False),
        st.dates(),
        st.datetimes(timezones=zones),
        st.timedeltas(),
        st.binary().map(bytearray),
    )


@pytest.fixture(scope="session")
def values(leaves: Values, scalars: Values) -> Values:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.lists(inner, max_size=4).map(tuple),
            st.sets(scalars, max_size=4),
            st.frozensets(scalars, max_size=4),
            st.dictionaries(scalars, inner, max_size=4),
            st.dictionaries(st.text(max_size=3), inner, max_size=4),
        ),
        max_leaves=8,
    )
