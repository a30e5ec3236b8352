"""A comment beside a metavariable is found, also where the parser cannot recognize it, and is not taken for code."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import CodePattern

CASES = [
    ("yaml", "a:\n  k: 1  # one\n  t: 5  # two\n  m: 2\n", "k: 1  # one\n  \\(X\\)  # two\n  m: 2", "t: 5"),
    ("yaml", "a:\n  k: 1  # one\n  t: 5  # two, [2]\n  m: 2\n", "k: 1\n  \\(X\\)  # two, [2]\n  m: 2", "t: 5"),
    ("yaml", "a:\n  k: 1  # one\n  t: 5  # two\n", "k: 1  # one\n  \\(X\\)  # two", "t: 5"),
    ("svelte", '<!-- a -->\n<h1 class="a" b={c}>Hi</h1>\n', '<\\(X\\) class="a" b={c}>', "h1"),
    ("html", "<!-- a -->\n<b>Hi</b>\n", "<\\(X\\)>Hi</b>", "b"),
    ("sql", "select 1; -- one\nselect -2;\n", "select -\\(X\\);", "2"),
    ("javascript", "a = b // c\n / d\n", "b / \\(X\\)", "d"),
]


@pytest.mark.parametrize(("language", "source", "pattern", "captured"), CASES)
def test_it_matches(language: str, source: str, pattern: str, captured: str) -> None:
    found = [match.captures["X"][0].text for match in CodePattern(pattern, language).match_source(source)]
    assert captured in found
