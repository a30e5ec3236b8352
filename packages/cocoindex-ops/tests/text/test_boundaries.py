"""Running text is cut at the best boundary in reach: paragraph, line, sentence, clause, word."""

from __future__ import annotations

from typing import Any

import pytest

from cocoindex.ops.text import RecursiveSplitter

SPLITTER = RecursiveSplitter()


def split(text: str, size: int, **arguments: Any) -> list[str]:
    return [chunk.text for chunk in SPLITTER.split(text, size, **arguments)]


@pytest.mark.parametrize(
    ("separator", "end"),
    [("\n\n", ""), ("\n \t\n", ""), ("\r\n\r\n", ""), ("\n", ""), (". ", "."), ("; ", ";"), (" ", "")],
)
def test_each_boundary(separator: str, end: str) -> None:
    first, second = "aaaa bbbb", "cccc dddd"
    assert split(f"{first}{separator}{second}", 14) == [first + end, second]


@pytest.mark.parametrize(
    ("better", "worse"), [("\n\n", ".\n"), (".\n", "\n"), ("\n", ". "), (". ", ", "), ("! ", "; "), (", ", " ")]
)
def test_a_better_boundary_goes_first(better: str, worse: str) -> None:
    assert split(f"aaaa bbbb{better}cc{worse}dd eeee ffff", 17)[0] == f"aaaa bbbb{better}".rstrip()


def test_the_last_of_equal_boundaries() -> None:
    assert split("a b c d e f g h", 7) == ["a b c d", "e f g h"]


def test_punctuation_is_kept() -> None:
    assert split("One. Two! Three? Four", 5) == ["One.", "Two!", "Three", "?", "Four"]
    assert split("One. Two! Three? Four", 6) == ["One.", "Two!", "Three?", "Four"]


def test_indentation_is_kept() -> None:
    assert split("first line\n    second line\n\n\n  third", 16) == ["first line", "    second line", "  third"]
    assert split("  aaaa\n  bbbb", 8) == ["aaaa", "  bbbb"]


def test_indentation_that_leaves_no_room_is_dropped() -> None:
    assert split("ab\n" + " " * 30 + "cd", 10) == ["ab", "cd"]


def test_no_piece_is_smaller_than_the_minimum() -> None:
    text = "tiny\n\n" + "word " * 20
    assert split(text, 30)[0] == "tiny\n\nword word word word word"
    assert split(text, 30, min_chunk_size=0)[0] == "tiny"


def test_the_last_piece_is_not_tiny() -> None:
    assert split("aaaa bbbb cccc dddd eeee", 19) == ["aaaa bbbb cccc", "dddd eeee"]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\u3000"])
def test_nothing_to_split(text: str) -> None:
    assert split(text, 10) == []


def test_a_text_that_fits_is_one_chunk() -> None:
    assert split("  all of it\n\nhere  ", 100) == ["all of it\n\nhere"]


def test_example_of_the_reference() -> None:
    assert split("Line 1.\nLine 2.\n\nLine 3.", 15) == ["Line 1.\nLine 2.", "Line 3."]
