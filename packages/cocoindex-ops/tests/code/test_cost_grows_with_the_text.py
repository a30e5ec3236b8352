"""Twice as much code takes twice as many steps to look for a pattern in, however it is nested; more is refused."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import CodePattern, CodeSource
from cocoindex.ops.code._matcher import _Search
from cocoindex.ops.text.errors import CodeSourceError

CHAIN = ("x" + ".m(a)" * 400, "x" + ".m(a)" * 800)
NESTED = ("f(" * 400 + "1" + ")" * 400, "f(" * 800 + "1" + ")" * 800)
LINE = ("f(a);" * 400, "f(a);" * 800)


@pytest.mark.parametrize("texts", [CHAIN, NESTED, LINE], ids=["chain", "nested", "line"])
@pytest.mark.parametrize(
    "pattern", [r"\A.\B(\(C*\))", r"\F(\A)", r"\(A*\).\B", r"\{{ x \}}", r"\(A+\)", r"f(\X)", r"\X", r"\A \(B*\) \C"]
)
def test_steps(texts: tuple[str, str], pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []

    def step(self: _Search) -> None:
        steps[-1] += 1

    monkeypatch.setattr(_Search, "_step", step)
    for text in texts:
        steps.append(0)
        CodePattern(pattern, "javascript").match_source(text)
    few, many = steps
    assert many <= 2.2 * few + 100


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
