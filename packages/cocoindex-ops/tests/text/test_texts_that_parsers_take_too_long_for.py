"""A text on which a parser goes in circles is split by its lines and words, and a warning says so, once."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import CodeSource, index_terms, match_code
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.ops.text.errors import CodeSourceError

# Each takes time by the square of its length, and at this length minutes or hours.
TEXTS = [
    ("svelte", "{" * 400_000),
    ("svelte", "<a>" * 100_000),
    ("astro", "a{" * 100_000),
    ("vue", "0<" * 100_000),
    ("html", "<a>" * 100_000),
    ("julia", "a " * 100_000),
    ("scala", "\"'`" * 100_000),
    ("java", "a<" * 100_000),
    ("typescript", "a<%" * 100_000),
    ("tsx", "a<%" * 100_000),
    ("r", "from =><!" * 50_000),
    ("kotlin", "a<%" * 100_000),
    ("csharp", "A<B<" * 50_000),
    ("xml", "a<" * 100_000),
    ("kotlin", "a?b:" * 50_000),
]


@pytest.mark.parametrize(("language", "text"), TEXTS, ids=lambda each: each[:12].strip())
def test_it_is_split_all_the_same(language: str, text: str, caplog: pytest.LogCaptureFixture) -> None:
    chunks = RecursiveSplitter().split(text, 1000, language=language)
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join(text.split())
    [warning] = caplog.records
    assert f"the parser of {language} takes too long" in warning.getMessage()


@pytest.mark.parametrize(
    ("language", "text"), [("svelte", "<" * 400_000), *TEXTS[::3]], ids=lambda each: each[:12].strip()
)
def test_who_needs_its_tree_is_told(language: str, text: str) -> None:
    for use in (
        lambda: match_code("foo", text + "foo", language),
        lambda: index_terms(text, language),
        lambda: CodeSource(text, language).tree,
    ):
        with pytest.raises(CodeSourceError, match="cannot be parsed"):
            use()
