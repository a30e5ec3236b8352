"""Twice as much code takes twice as much work to look for a pattern in, however it is nested; more is refused."""

from __future__ import annotations

from cProfile import Profile

import pytest

from cocoindex.ops.code import CodePattern, CodeSource
from cocoindex.ops.text.errors import CodeSourceError

CHAIN = ("x" + ".m(a)" * 200, "x" + ".m(a)" * 400)
NESTED = ("f(" * 200 + "1" + ")" * 200, "f(" * 400 + "1" + ")" * 400)
LINE = ("f(a);" * 200, "f(a);" * 400)


@pytest.mark.parametrize("texts", [CHAIN, NESTED, LINE], ids=["chain", "nested", "line"])
@pytest.mark.parametrize(
    "pattern", [r"\A.\B(\(C*\))", r"\F(\A)", r"\(A*\).\B", r"\{{ x \}}", r"\(A+\)", r"f(\X)", r"\X", r"\A \(B*\) \C"]
)
def test_calls_of_functions(texts: tuple[str, str], pattern: str) -> None:
    few, many = (calls(CodePattern(pattern, "javascript"), text) for text in texts)
    assert many <= 2.2 * few + 1000


def calls(pattern: CodePattern, text: str) -> int:
    """The calls of functions, and the items of generators, that a search takes."""
    source = CodeSource(text, "javascript")
    source.nodes_as("javascript")
    with Profile() as profile:
        pattern.match_source(source)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("pattern", [r"\(A*\) = \(B*\)", r"\(A*\) = [\(B*\)] \(C*\) f(\X)", r"\(A*\) f(\(X*\))"])
def test_literals_that_are_far_away(pattern: str) -> None:
    few, many = (
        calls(CodePattern(pattern, "javascript"), "a;" * size + "x = [" + "a," * size + "a]; {f(1)}")
        for size in (250, 500)
    )
    assert many <= 2.2 * few + 1000


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"\(A*\) = \(B*\)", r"\(A+\) return \(B*\)", r"\(A*\) \(B*\) \(C+\)", r"\(A*\) x"),
        r"\(A+\) function \(B*\) x \(C*\)",
    ],
)
def test_many_literals_in_what_lies_side_by_side(pattern: str) -> None:
    function = "function f(a) { let x = 1; if (x > 1) { x = g(a); } return x; }\n"
    few, many = (calls(CodePattern(pattern, "javascript"), function * count) for count in (50, 100))
    assert many <= 2.2 * few + 1000


def test_matches_that_are_nested_too_deeply() -> None:
    with pytest.raises(CodeSourceError, match="nested so deeply"):
        CodePattern(r"\X", "javascript").match_source("a." * 12_000 + "a")


def test_a_regular_expression_for_nodes_that_are_nested_too_deeply() -> None:
    with pytest.raises(CodeSourceError, match="too many ways"):
        CodePattern(r"\(X:/b.*/\)", "javascript").match_source("a." * 16_000 + "a")


def test_too_many_ways() -> None:
    pattern = CodePattern(r"\(A*\) \(A*\) \(B*\) \(B*\) nothing", "javascript")
    with pytest.raises(CodeSourceError, match="too many ways"):
        pattern.match_source("f(a);" * 400 + "nothing2 nothing")


def test_positions_on_a_long_line() -> None:
    text = 'x="中";' + "f(a);" * 2000
    matches = CodePattern(r"f(\X)", "javascript").match_source(CodeSource(text, "javascript"))
    assert len(matches) == 2000
    [last] = matches[-1].chunks
    assert (last.start.char_offset, last.start.byte_offset, last.start.column) == (10_001, 10_003, 10_002)
