"""A quote in a literal does not hide the metavariables after it, also where the pattern alone is not valid code."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import match_code


@pytest.mark.parametrize("literal", ["'\"'", "'say \"'", '"it\'s"', "'\\\\\"'"])
@pytest.mark.parametrize(
    ("language", "source", "head"),
    [
        ("javascript", "function f({}) {{}}", "function f({})"),
        ("typescript", "function f({}) {{}}", "function f({})"),
        ("tsx", "function f({}) {{}}", "function f({})"),
        ("php", "<?php function f({}) {{}}", "function f({})"),
        ("python", "def f({}): pass", "def f({}):"),
        ("ruby", "def f({})\nend", "def f({})"),
    ],
)
def test_a_string(language: str, source: str, head: str, literal: str) -> None:
    a, b = ("$a", "$b") if language == "php" else ("a", "b")
    [match] = match_code(head.format(rf"{a} = {literal}, \(B*\)"), source.format(f"{a} = {literal}, {b} = 1"), language)
    assert match.captures["B"][0].text == f"{b} = 1"


@pytest.mark.parametrize(
    ("language", "source", "pattern"),
    [
        ("rust", "match c { '\"' => x, _ => y }", "'\"' => \\X"),
        ("rust", "match c { '\\\"' => x, _ => y }", "'\\\"' => \\X"),
        ("kotlin", "fun f(a: Char = '\"', b: Int = x) {}", "fun f(a: Char = '\"', b: Int = \\X)"),
        ("scala", "def f(a: Char = '\"', b: Int = x) = { 1 }", "def f(a: Char = '\"', b: Int = \\X)"),
    ],
)
def test_a_character(language: str, source: str, pattern: str) -> None:
    [match] = match_code(pattern, source, language)
    assert match.captures["X"][0].text == "x"


@pytest.mark.parametrize("literal", ['f"{x} \'"', "f'{x}'"])
def test_interpolated_code_in_a_string(literal: str) -> None:
    pattern = f"def f(a={literal}, \\B):".replace("{x}", r"{\X}")
    [match] = match_code(pattern, f"def f(a={literal}, b=1): pass", "python")
    assert [match.captures[name][0].text for name in "XB"] == ["x", "b=1"]
