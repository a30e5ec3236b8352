"""Patterns built from parts match the paths built from the same parts, whatever the parts are."""

from hypothesis import given
from hypothesis import strategies as st

from cocoindex.resources.file import PatternFilePathMatcher

NAMES = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=8)
PATHS = st.lists(NAMES, min_size=1, max_size=5)


def literally(text: str) -> str:
    return "".join(f"\\{char}" if char in "*?[]{}!\\,-" else char for char in text)


@given(PATHS)
def test_an_escaped_path_matches_itself_only(parts: list[str]) -> None:
    path = "/".join(parts)
    matcher = PatternFilePathMatcher([literally(path)])
    assert matcher.is_file_included(path)
    assert not matcher.is_file_included(path + "x")
    assert not matcher.is_file_included("x/" + path)


@given(PATHS)
def test_a_recursive_prefix_matches_at_any_depth(parts: list[str]) -> None:
    matcher = PatternFilePathMatcher(["**/" + literally(parts[-1])])
    assert matcher.is_file_included("/".join(parts))
    assert matcher.is_file_included(parts[-1])


@given(PATHS)
def test_a_star_stays_within_a_part(parts: list[str]) -> None:
    matcher = PatternFilePathMatcher(["/".join("*" for _ in parts)])
    assert matcher.is_file_included("/".join(parts))
    assert not matcher.is_file_included("/".join([*parts, "x"]))


@given(PATHS, st.integers(0, 4))
def test_what_lies_in_an_excluded_directory_is_excluded(parts: list[str], depth: int) -> None:
    above = "/".join(parts[: depth + 1])
    matcher = PatternFilePathMatcher(None, [literally(above)])
    path = "/".join([*parts, "leaf"])
    assert not matcher.is_file_included(path)
    assert not matcher.is_dir_included(path)


@given(PATHS)
def test_every_directory_on_the_way_to_a_kept_path_is_entered(parts: list[str]) -> None:
    path = "/".join([*parts, "leaf"])
    matcher = PatternFilePathMatcher(None, ["**", "!" + literally(path)])
    assert all(matcher.is_dir_included("/".join(parts[:depth])) for depth in range(1, len(parts) + 1))
    assert matcher.is_file_included(path)
    assert not matcher.is_file_included("/".join([*parts, "other"]))
