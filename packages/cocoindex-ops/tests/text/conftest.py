"""Texts of every kind, for property tests."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

WORDS = ("a", "be", "the", "word,", "naïve", "end.", "中文字。", "😀!", "e\u0301\u0301", "x=1", "foo(bar)", "'quoted'")
MARKS = ("```py", "#", "##", "-", "*", "|", "def", "class:", "{}", ");")
SPACES = (
    " ",
    "  ",
    "\n",
    "\n\n",
    "\n \n",
    "\r\n",
    "\r\n\r\n",
    "\t",
    "\n    ",
    "\n\t",
    "\u3000",
    "\xa0",
    "\u2028",
    "\x0c",
    "",
)


@pytest.fixture(scope="session")
def texts() -> st.SearchStrategy[str]:
    anything = st.text(st.characters(codec="utf-8"))
    parts = st.sampled_from(WORDS) | st.sampled_from(MARKS) | st.sampled_from(SPACES)
    likely = st.lists(parts | st.text(max_size=3)).map("".join)
    long = st.lists(parts, min_size=50, max_size=400).map("".join)
    return anything | likely | long


@pytest.fixture(scope="session")
def languages() -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, "markdown", "python", "json", "html", "bash", "custom"])


@pytest.fixture(scope="session")
def sizes() -> st.SearchStrategy[dict[str, int]]:
    """Arguments of `split`: a chunk size, mostly with a minimum and an overlap."""
    return st.integers(1, 200).flatmap(
        lambda size: st.fixed_dictionaries(
            {"chunk_size": st.just(size)},
            optional={"min_chunk_size": st.integers(0, size), "chunk_overlap": st.integers(0, size - 1)},
        )
    )
