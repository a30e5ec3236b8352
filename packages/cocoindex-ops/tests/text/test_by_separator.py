"""`SeparatorSplitter` splits at every match, and keeps separators, empty chunks and whitespace as told."""

from __future__ import annotations

from typing import Any

import pytest

from cocoindex.ops.text import SeparatorSplitter
from cocoindex.ops.text.errors import (
    KeepSeparatorError,
    SeparatorPatternError,
    SplitterArgumentError,
    UnsplittableTextError,
)

TEXT = ",a , b,, c,"


def split(text: str, *separators: str, **options: Any) -> list[str]:
    return [chunk.text for chunk in SeparatorSplitter(list(separators), **options).split(text)]


def test_example() -> None:
    assert split("Para1\n\nPara2\n\n\n  Para3 ", r"\n\n+") == ["Para1", "Para2", "Para3"]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (None, ["", "a", "b", "", "c", ""]),
        ("left", [",", "a ,", "b,", ",", "c,", ""]),
        ("right", ["", ",a", ", b", ",", ", c", ","]),
    ],
)
def test_keep_separator(keep: str | None, expected: list[str]) -> None:
    assert split(TEXT, ",", keep_separator=keep, include_empty=True) == expected
    assert split(TEXT, ",", keep_separator=keep) == [text for text in expected if text]


def test_without_trimming() -> None:
    assert split(TEXT, ",", trim=False) == ["a ", " b", " c"]
    assert split(TEXT, ",", trim=False, keep_separator="left") == [",", "a ,", " b,", ",", " c,"]


def test_only_ascii_whitespace_is_trimmed() -> None:
    assert split("\xa0a\u3000,\t\x0cb\r\n", ",") == ["\xa0a\u3000", "b"]


def test_separators_are_alternatives() -> None:
    assert split("1a2b3c4", "a|b", "c", keep_separator="left") == ["1a", "2b", "3c", "4"]


def test_flags_hold_for_their_separator_only() -> None:
    assert split("xAyaBzb", "a", "(?i)b") == ["xAy", "z"]


def test_line_ends_match_at_each_line() -> None:
    assert split("a\n#b\nc", "^#") == ["a", "b\nc"]


def test_empty_matches() -> None:
    assert split("abc", "") == ["a", "b", "c"]
    assert split("axxb", "x*", keep_separator="left") == ["axx", "b"]


def test_nothing_to_split() -> None:
    assert split("", ",") == []
    assert split("", ",", include_empty=True) == [""]
    assert split(" ", include_empty=True) == [""]
    assert split("abc d") == ["abc d"]


def test_a_bad_pattern_is_named() -> None:
    with pytest.raises(SeparatorPatternError, match=r"'\('"):
        SeparatorSplitter(["a", "("])


def test_a_pattern_that_means_something_else_elsewhere_is_refused_or_read_as_there() -> None:
    pytest.importorskip("regex", reason="needs the package 'regex'")
    assert split("1a2", r"\p{L}") == split("1a2", "[[:alpha:]]") == ["1", "2"]


@pytest.mark.parametrize("options", [{"trim": 1}, {"include_empty": None}])
def test_wrong_types_of_options(options: dict[str, Any]) -> None:
    with pytest.raises(SplitterArgumentError):
        SeparatorSplitter([","], **options)


@pytest.mark.parametrize("separators", [None, "ab", [1], {","}])
def test_wrong_types_of_separators(separators: Any) -> None:
    with pytest.raises(SplitterArgumentError) as caught:
        SeparatorSplitter(separators)
    assert isinstance(caught.value, TypeError)


def test_an_unknown_side() -> None:
    with pytest.raises(KeepSeparatorError, match="'middle'"):
        SeparatorSplitter([","], keep_separator="middle")  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("text", [None, b"a", "a\ud800"])
def test_no_text(text: Any) -> None:
    with pytest.raises(UnsplittableTextError):
        SeparatorSplitter([","]).split(text)
