"""A pattern looks at every source in its own language, whatever the source says of itself."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import CodeAst, CodePattern, CodeSource

PATTERN = CodePattern(r"def \NAME(\(A*\)):", "python")


@pytest.mark.parametrize("language", [None, "javascript", "python", "py", "markdown", "pythn"])
def test_the_language_of_the_pattern_counts(language: str | None) -> None:
    source = CodeSource("x = 1\ndef foo(a):\n    return bar(a)\n", language)
    [match] = PATTERN.match_source(source)
    assert match.captures["NAME"][0].text == "foo"
    assert source.language == language


def test_the_older_name_of_a_source() -> None:
    assert CodeAst is CodeSource
