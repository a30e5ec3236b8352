"""Markdown is cut before headings, the higher the better, then between blocks; fenced code stays whole if it can."""

from __future__ import annotations

from typing import Any

from cocoindex.ops.text import RecursiveSplitter

SPLITTER = RecursiveSplitter()


def split(text: str, size: int, **arguments: Any) -> list[str]:
    return [chunk.text for chunk in SPLITTER.split(text, size, language="markdown", **arguments)]


def test_a_higher_heading_goes_before_a_lower_one() -> None:
    one, two, part = "# One\n\nwords words words", "# Two\n\nwords words words", "## Part\n\nwords words words"
    assert split(f"{one}\n\n{two}\n\n{part}", 60, min_chunk_size=20) == [one, f"{two}\n\n{part}"]
    assert split(f"{one}\n\n{part}\n\n{two}", 60, min_chunk_size=20) == [f"{one}\n\n{part}", two]


def test_underlined_headings() -> None:
    title, part = "Title\n=====\nwords\nmore\n\nlines", "Part\n---\nwords of it\n\nand more"
    text = f"words words words\n\n{title}\n\n{part}"
    assert split(text, 40, min_chunk_size=10) == ["words words words", title, part]


def test_a_line_of_dashes_after_a_blank_line_is_no_heading() -> None:
    assert (
        split("words words words\n\n---\nmore words\n\nand even more", 40)[0] == "words words words\n\n---\nmore words"
    )


def test_a_comment_in_fenced_code_is_no_heading() -> None:
    code = "```python\nx = 1\n\n# no heading\ny = 2\n```"
    words = "words words words words words words"
    assert split(f"{words}\n\n{code}\n\nmore words", 60) == [words, f"{code}\n\nmore words"]


def test_long_fenced_code_is_cut_by_its_indentation() -> None:
    code = "".join(f"def f{i}():\n    x = {i}\n\n    return x\n" for i in range(9))
    chunks = split(f"# Code\n\n```python\n{code}```\n", 100)
    assert all(chunk.startswith("def f") for chunk in chunks[1:])


def test_a_fence_of_more_marks_holds_one_of_fewer() -> None:
    text = "words words words\n\n````\n```\n# no heading\n```\n````\n\nwords words words words"
    assert "# no heading" not in [chunk.split("\n")[0] for chunk in split(text, 40)]


def test_a_fence_that_is_not_closed() -> None:
    assert split("```\n" + "# code\n" * 10, 20, min_chunk_size=0)


def test_list_items_stay_whole() -> None:
    items = "".join(f"- item {i} with some words\n  and a second line\n" for i in range(8))
    assert all(chunk.startswith("- item") for chunk in split(items, 110))


def test_a_table_is_cut_between_rows() -> None:
    rows = "".join(f"| cell {i} | another cell |\n" for i in range(20))
    assert all(chunk.startswith("|") and chunk.endswith("|") for chunk in split("| a | b |\n|---|---|\n" + rows, 100))


def test_example_of_the_reference() -> None:
    text = "# Title\n\nParagraph 1.\n\nParagraph 2."
    chunks = SPLITTER.split(text, chunk_size=2000, chunk_overlap=500, language="markdown")
    assert [chunk.text for chunk in chunks] == [text]


def test_fenced_code_stays_whole_before_a_short_rest() -> None:
    code = "```python\nfirst = 1\nsecond = 2\n\nthird = 3\nfourth = 4\n```"
    for count in (15, 16, 17):
        text = f"{'words ' * 10}\n\n{code}\n\n{'words ' * count}"
        assert code in "\0".join(split(text, 200))


def test_fenced_code_that_begins_early_stays_whole() -> None:
    code = "```python\nfirst = 1\n\nsecond = 2\n```"
    assert code in split(f"words words\n{code}\nwords words words\n", 60)[0]
