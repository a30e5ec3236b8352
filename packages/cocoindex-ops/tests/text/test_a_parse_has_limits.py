"""What takes a parser too long is tried in smaller parts, and where that fails, cut by lines until the next try."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import CodeSource
from cocoindex.ops.text import RecursiveSplitter, _watch
from cocoindex.ops.text._grammars import SourceParser
from cocoindex.ops.text.errors import CodeSourceError

PYTHON = "".join(f"def f{number}(a):\n    return [a,\n{number}]\n\n\n" for number in range(12_000))


def limit_parses(monkeypatch: pytest.MonkeyPatch, most: int) -> list[int]:
    """Have parsers give up on more than `most` bytes; return the sizes of what they are given."""
    parse, sizes = SourceParser.parse, list[int]()

    def limited(self: SourceParser, source: bytes, *others: int) -> object:
        sizes.append(len(source))
        return parse(self, source, *others) if len(source) <= most else None

    monkeypatch.setattr(SourceParser, "parse", limited)
    return sizes


def split(text: str) -> list[str]:
    chunks = RecursiveSplitter().split(text, 200, language="python")
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join(text.split())
    return [chunk.text for chunk in chunks]


def test_smaller_parts(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    sizes = limit_parses(monkeypatch, 40_000)
    chunks = split(PYTHON)
    assert sum(not chunk.startswith("def ") for chunk in chunks) <= len(sizes)  # where a part ends, at most
    assert not caplog.records
    assert max(sizes[1:]) < 40_000  # once is enough to know


def test_lines(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    sizes = limit_parses(monkeypatch, 0)
    split(PYTHON)
    assert len(caplog.records) == 1
    assert len(sizes) < 10  # although 15 of the smaller parts make the text


def test_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CodeSource(PYTHON, "python").tree
    monkeypatch.setattr(_watch, "_SECONDS", 0)
    monkeypatch.setattr(_watch, "_LEAST_SECONDS", 0)
    with pytest.raises(CodeSourceError, match="cannot be parsed"):
        CodeSource(PYTHON, "python").tree  # noqa: B018  # is made where it is asked for


def test_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_watch, "_OPERATIONS", 0)
    with pytest.raises(CodeSourceError, match="cannot be parsed"):
        CodeSource(PYTHON, "python").tree  # noqa: B018


def test_a_chain_deeper_than_is_looked_into() -> None:
    chunks = RecursiveSplitter().split("a." * 10_000, 100, chunk_overlap=90, language="python")
    assert all(len(chunk.text) == 100 for chunk in chunks[:-1])
    assert len(chunks) >= 1900
