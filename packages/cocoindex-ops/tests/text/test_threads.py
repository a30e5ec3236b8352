"""One splitter serves several threads at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from cocoindex.ops.text import RecursiveSplitter

SPLITTER = RecursiveSplitter()


def split(number: int) -> list[str]:
    text = "".join(f"def f{i}(a):\n    return {number + i}\n\n" for i in range(300))
    return [chunk.text for chunk in SPLITTER.split(text, 100, language="python")]


def test_threads_get_what_one_would() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(split, range(40))) == [split(number) for number in range(40)]
