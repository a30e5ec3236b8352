"""A text on which a parser goes in circles is split by its lines and words, and a warning says so, once."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import CodeSource, index_terms, match_code
from cocoindex.ops.text import RecursiveSplitter, _watch
from cocoindex.ops.text.errors import CodeSourceError

SIZE = 32_000

# Each takes more than it may: by the square of its length, or gigabytes in one step.
TEXTS = [
    ("svelte", "{"),
    ("svelte", "<a>"),
    ("astro", "a{"),
    ("vue", "0<"),
    ("html", "<a>"),
    ("julia", "a "),
    ("scala", "\"'`"),
    ("java", "a<"),
    ("java", "a~"),
    ("typescript", "a<%"),
    ("tsx", "a<%"),
    ("r", "from =><!"),
    ("kotlin", "a<%"),
    ("kotlin", "a@"),
    ("csharp", "A<B<"),
    ("csharp", "<a  "),
    ("xml", "a<"),
]


@pytest.fixture(autouse=True)
def half_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit for a machine of twice the usual speed: a slow or busy one has more time, and some texts end within."""
    monkeypatch.setattr(_watch, "_pace", lambda: 0.5)


@pytest.mark.parametrize(("language", "piece"), TEXTS, ids=str)
def test_it_is_split_all_the_same(language: str, piece: str, caplog: pytest.LogCaptureFixture) -> None:
    text = piece * (SIZE // len(piece))
    chunks = RecursiveSplitter().split(text, 1000, language=language)
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join(text.split())
    [warning] = caplog.records
    assert f"the parser of {language} takes too long" in warning.getMessage()


@pytest.mark.parametrize(("language", "piece"), TEXTS[::6], ids=str)
def test_who_needs_its_tree_is_told(language: str, piece: str) -> None:
    text = piece * (SIZE // len(piece))
    for use in (
        lambda: match_code("a", text, language),
        lambda: index_terms(text, language),
        lambda: CodeSource(text, language).tree,
    ):
        with pytest.raises(CodeSourceError, match="cannot be parsed"):
            use()
