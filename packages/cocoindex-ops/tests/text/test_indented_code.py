"""Code in a language without a grammar is cut at the lines that are indented least."""

from __future__ import annotations

import pytest

from cocoindex.ops.text import RecursiveSplitter

FUNCTIONS = "".join(
    f"function f{i}()\n  local x = {i}\n\n  if x > 1 then\n    x = g(x)\n  end\n  return x\nend\n" for i in range(9)
)


@pytest.mark.parametrize("language", ["lua", ".lua", "elixir", "bash", "dart"])
def test_functions_stay_whole(language: str) -> None:
    chunks = RecursiveSplitter().split(FUNCTIONS, 200, language=language)
    assert len(chunks) > 4
    assert all(chunk.text.startswith("function") and chunk.text.endswith("end") for chunk in chunks)


def test_a_blank_line_goes_before_equal_lines() -> None:
    text = "a = 1\nb = 2\nc = 3\n\nd = 4\ne = 5\nf = 6\n"
    assert RecursiveSplitter().split(text, 30, language="lua")[0].text == "a = 1\nb = 2\nc = 3"


def test_an_unknown_language_is_running_text() -> None:
    splitter = RecursiveSplitter()
    assert splitter.split(FUNCTIONS, 200, language="no such language") == splitter.split(FUNCTIONS, 200)
