"""A custom language is split at its own separators, the first the most preferred."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex.errors import CocoIndexError
from cocoindex.ops.text import CustomLanguageConfig, RecursiveSplitter
from cocoindex.ops.text.errors import DuplicateLanguageError, SeparatorPatternError, SplitterArgumentError

MINE = CustomLanguageConfig("Mine", [r"---", r";"], aliases=["mi", ".mi"])


def split(
    text: str, size: int, language: str = "mine", config: CustomLanguageConfig = MINE, **arguments: int
) -> list[str]:
    splitter = RecursiveSplitter(custom_languages=[config])
    return [chunk.text for chunk in splitter.split(text, size, language=language, **arguments)]


def test_a_separator_belongs_to_neither_piece_or_to_one_that_holds_both_sides() -> None:
    assert split("A---B---C", 5) == ["A---B", "C"]
    assert split("A---B---C", 1) == ["A", "B", "C"]


def test_an_earlier_separator_goes_first() -> None:
    assert split("aa;bb---cc;dd---ee", 11) == ["aa;bb", "cc;dd---ee"]


@pytest.mark.parametrize("language", ["mine", "MINE", "mi", ".mi", ".MI"])
def test_names_in_any_case(language: str) -> None:
    assert split("A---B", 3, language) == ["A", "B"]


def test_other_names_are_not_its() -> None:
    assert split("A B---C", 5, "other") == ["A", "B---C"]


def test_it_goes_before_a_built_in_language() -> None:
    assert split("A---B", 3, "python", CustomLanguageConfig("python", ["---"])) == ["A", "B"]


def test_what_has_no_separator_is_split_as_running_text() -> None:
    assert split("some words here---x", 10) == ["some words", "here---x"]


def test_zero_width_separators() -> None:
    assert split("1a2b3c", 2, config=CustomLanguageConfig("mine", [r"(?=\d)"])) == ["1a", "2b", "3c"]


def test_separators_in_wide_text() -> None:
    assert split("é中—é中—é中", 8, config=CustomLanguageConfig("mine", ["—"])) == ["é中", "é中", "é中"]


def test_overlap_begins_after_a_separator() -> None:
    assert split("aa;bb;cc;dd;ee;ff", 8, chunk_overlap=3) == ["aa;bb;cc", "cc;dd", "dd;ee;ff"]


def test_example_of_the_reference() -> None:
    config = CustomLanguageConfig(
        language_name="abstract", separators_regex=[r"[.?!]+\s+", r"[:;]\s+", r",\s+", r"\s+"]
    )
    text = "This is a sample abstract. It has multiple sentences: two, or more. " * 12
    chunks = RecursiveSplitter(custom_languages=[config]).split(
        text, chunk_size=500, chunk_overlap=150, language="abstract"
    )
    assert len(chunks) > 1
    assert all(chunk.text.startswith(("This", "It")) and len(chunk.text) <= 500 for chunk in chunks)


@pytest.mark.parametrize("separators", [["-", r"=+-=+"], [r"(?=;)", r"=;=;="], [";"], ["--", "-"], [r"\n", r"\s+"]])
@given(data=st.data())
def test_separators_back_to_back(separators: list[str], data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.sampled_from(["=", "-", ";", "a", "==-==", "=;=;=", "\n", " ", "word"]), max_size=60))
    size = data.draw(st.integers(1, 20))
    least, overlap = data.draw(st.integers(0, size)), data.draw(st.integers(0, size - 1))
    config = CustomLanguageConfig("mine", separators)
    for chunk in split("".join(parts), size, config=config, min_chunk_size=least, chunk_overlap=overlap):
        assert len(chunk) <= size


def test_a_separator_within_another() -> None:
    config = CustomLanguageConfig("mine", [r"#", r"====#===="])
    assert all(len(chunk) <= 10 for chunk in split("aaaaaaaaaa====#====bb", 10, config=config))


@pytest.mark.parametrize(
    "languages",
    [
        [("a", ["x"]), ("A", ["y"])],
        [("a", ["x"]), ("b", ["y"], ["a"])],
        [("a", ["x"], ["c", "C"])],
    ],
)
def test_a_name_given_twice(languages: list[tuple[str, list[str]]]) -> None:
    with pytest.raises(DuplicateLanguageError, match="twice") as caught:
        RecursiveSplitter(custom_languages=[CustomLanguageConfig(*language) for language in languages])
    assert isinstance(caught.value, CocoIndexError | ValueError)


def test_a_bad_pattern_is_named() -> None:
    with pytest.raises(SeparatorPatternError, match=r"'\('.*'mine'.*missing") as caught:
        RecursiveSplitter(custom_languages=[CustomLanguageConfig("mine", ["("])])
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "arguments", [(3, ["a"]), ("a", "b"), ("a", [3]), ("a", None), ("a", ["b"], "c"), ("a", ["b"], [3])]
)
def test_wrong_types(arguments: tuple[object, ...]) -> None:
    with pytest.raises(SplitterArgumentError) as caught:
        CustomLanguageConfig(*arguments)  # type: ignore[arg-type]  # on purpose
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("languages", [3, ["a"], MINE])
def test_something_else_than_configurations(languages: object) -> None:
    with pytest.raises(SplitterArgumentError):
        RecursiveSplitter(custom_languages=languages)  # type: ignore[arg-type]  # on purpose
