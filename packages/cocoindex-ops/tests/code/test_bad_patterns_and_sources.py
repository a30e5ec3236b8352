"""What cannot be searched, or searched for, is one clear error at the first moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cocoindex.ops.code import CodePattern, CodeSource, index_terms, match_code, render_match
from cocoindex.ops.code.errors import CodePatternError
from cocoindex.ops.text.errors import CodeArgumentError, CodeLanguageError, CodeSourceError


@pytest.mark.parametrize(
    "pattern", ["", "  ", r"foo(\(X)", r"\(", r"\%", r"foo \}", r"foo(\{{ a)", r"\{ \}", r"\(X:/(/\)"]
)
def test_patterns_that_are_none(pattern: str) -> None:
    with pytest.raises(CodePatternError, match="pattern"):
        CodePattern(pattern, "python")


@pytest.mark.parametrize("language", ["", "pythn", "markdown", "text"])
def test_languages_without_a_grammar(language: str) -> None:
    for use in (
        lambda: CodePattern("foo", language),
        lambda: index_terms("foo", language),
        lambda: match_code("foo", CodeSource("foo", language)),
    ):
        with pytest.raises(CodeLanguageError, match=r"grammars exist for: .*python"):
            use()


@pytest.mark.parametrize("language", ["Python", ".py", "py", "PYTHON", "python3"])
def test_names_and_extensions_of_languages(language: str) -> None:
    pattern = CodePattern("foo", language)
    assert pattern.language == language and len(pattern.match_source("foo")) == 1


def test_the_language_is_given_once() -> None:
    with pytest.raises(CodeLanguageError, match="needs a `language`"):
        match_code("foo", "foo")
    with pytest.raises(CodeLanguageError, match="leave `language` out"):
        match_code("foo", CodeSource("foo", "python"), "python")


@pytest.mark.parametrize("bad", [b"foo", None, 1])
def test_wrong_types(bad: Any) -> None:
    for use in (
        lambda: CodePattern(bad, "python"),
        lambda: CodePattern("foo", bad),
        lambda: CodePattern("foo", "python").match_source(bad),
        lambda: CodePattern("foo", "python").might_match(bad),
        lambda: CodeSource(bad, "python"),
        lambda: index_terms(bad, "python"),
    ):
        with pytest.raises(CodeArgumentError):
            use()


@pytest.mark.parametrize("bad", ["5", -1, 1.5, True, None, float("nan")])
def test_wrong_lengths(bad: Any) -> None:
    with pytest.raises(CodeArgumentError, match="min_len"):
        index_terms("foo", "python", bad)
    with pytest.raises(CodePatternError, match="min_len"):
        CodePattern("foo", "python", min_len=bad)


def test_a_source_of_no_language_is_made_and_says_so_when_it_is_searched() -> None:
    assert repr(CodeSource("abc")) == "CodeSource(language=None, text_len=3)"
    with pytest.raises(CodeLanguageError):
        match_code("foo", CodeSource("foo"))


def test_files(tmp_path: Path) -> None:
    pattern = CodePattern(r"foo(\X)", "python")
    with pytest.raises(FileNotFoundError):
        pattern.match_file(tmp_path / "nothing.py")
    (tmp_path / "binary.py").write_bytes(b"foo(1)\xff")
    (tmp_path / "other.py").write_text("bar(1)")
    (tmp_path / "it's ⛵.py").write_text("foo(1)\n")
    assert pattern.match_file(tmp_path / "binary.py") is pattern.match_file(tmp_path / "other.py") is None
    found = pattern.match_file(str(tmp_path / "it's ⛵.py"))
    assert found is not None and found.path.endswith("it's ⛵.py") and found.source.text == "foo(1)\n"
    assert found.ast is found.source and len(found.matches) == 1


def test_a_match_of_another_source() -> None:
    [match] = match_code("foo", "  foo", "python")
    with pytest.raises(CodeSourceError, match="was not found in this source"):
        render_match(CodeSource("bar", "python"), match)
