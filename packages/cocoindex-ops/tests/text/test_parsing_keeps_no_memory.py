"""What was parsed is let go: splitting a thousand texts takes the memory of one, in every language."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import pytest

from cocoindex.ops.text import RecursiveSplitter

SOURCES = sorted(Path(__file__).with_name("sources").glob("*.txt"))
SPLITTER = RecursiveSplitter()


def make_source(path: Path) -> str:
    head, definition, tail = path.read_text().split("@@\n")
    return head + "".join(definition.replace("N", str(i)) for i in range(1 + 20_000 // len(definition))) + tail


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_memory_after_many_splits(path: Path, little_garbage: None) -> None:
    text = make_source(path)
    SPLITTER.split(text, 1000, language=path.stem)
    tracemalloc.start()
    try:
        SPLITTER.split(text, 1000, language=path.stem)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(5):
            SPLITTER.split(text, 1000, language=path.stem)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < len(text) / 2
