"""Each language with a grammar is split between its definitions, wherever its blank lines and indentation are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cocoindex.ops.text import RecursiveSplitter
from cocoindex.resources.chunk import Chunk

SOURCES = sorted(Path(__file__).with_name("sources").glob("*.txt"))
INDENTATION_MATTERS = ("python", "yaml")


def make_source(path: Path, count: int) -> tuple[str, list[str]]:
    """A source with `count` definitions that differ by a number, which stands for `N`; and their first lines."""
    head, definition, tail = path.read_text().split("@@\n")
    if path.stem not in INDENTATION_MATTERS:
        definition = re.sub(r"(?m)^[ \t]+", "", definition)
    definitions = [definition.replace("N", str(100000 + i)) for i in range(count)]
    return head + "".join(definitions) + tail, [text.split("\n")[0] for text in definitions]


def split(path: Path, text: str, size: int) -> list[Chunk]:
    return RecursiveSplitter().split(text, size, language=path.stem)


def test_there_are_31() -> None:
    assert len(SOURCES) == 31


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_definitions_stay_whole(path: Path) -> None:
    text, first_lines = make_source(path, 40)
    chunks = split(path, text, len(text) // 14)
    assert len(chunks) > 10
    assert {chunk.text.split("\n")[0] for chunk in chunks[1:]} <= set(first_lines)


@pytest.mark.parametrize("path", SOURCES[:-1:7], ids=lambda path: path.stem)
def test_definitions_stay_whole_in_large_sources(path: Path) -> None:
    text, first_lines = make_source(path, 12000)
    assert len(text) > 600_000
    chunks = split(path, text, 2000)
    known = set(first_lines)
    assert sum(chunk.text.split("\n")[0] not in known for chunk in chunks[1:]) == 0


@pytest.mark.parametrize("name", ["py", ".py", "PYTHON", "pyi", "Python3"])
def test_names_and_extensions(name: str) -> None:
    path = next(path for path in SOURCES if path.stem == "python")
    text, _ = make_source(path, 40)
    splitter = RecursiveSplitter()
    expected = splitter.split(text, 300, language="python")
    assert splitter.split(text, 300, language=name) == expected != splitter.split(text, 300)
