"""What excluded patterns leave out, what a `!` keeps, and which directories are entered for it."""

import pytest

from cocoindex.resources.file import PatternFilePathMatcher

CASES = [
    # excluded patterns, files included, files not, directories entered, directories not
    (["build"], ["a", "x/build"], ["build", "build/a", "build/x/a"], ["x"], ["build", "build/x"]),
    (["**/.*"], ["a", "x/a"], [".a", ".git/a", "x/.a"], ["x"], [".git", "x/.git"]),
    (["build/**"], ["build"], ["build/a"], ["build"], ["build/x"]),
    (["*.tmp"], ["a", "x/a.tmp"], ["a.tmp"], ["x"], []),
    (
        ["**/.*", "!**/.github/**"],
        [".github/a", ".github/w/a", "x/.github/a"],
        [".git/a", ".github", ".a", "x/.a"],
        [".github", ".github/w", "x/.github", "x"],
        [".git", "x/.git"],
    ),
    (["**/.*", "!**/.github/w"], [".github/w"], [".github/a"], [".github"], [".git"]),
    (["build", "!build/keep"], ["build/keep", "build/keep/a"], ["build/a"], ["build", "build/keep"], ["build/x"]),
    (["build/**", "!build/keep/**"], ["build/keep/a"], ["build/a"], ["build", "build/keep", "build/keep/x"], []),
    (["**", "!build/*/a"], ["build/x/a"], ["build/a", "build/x/b"], ["build", "build/x"], ["x", "build/x/a/b"]),
    (["**", "!{build,n}/x/a"], ["n/x/a"], ["n/a"], ["build", "n", "n/x"], ["x"]),
    (["**", "!b?ild/x/a"], ["build/x/a"], ["build/a"], ["build", "build/x"], ["bild"]),
    (["**", "!n/**/a"], ["n/a", "n/m/a"], ["n/b"], ["n", "n/m", "n/m/k"], ["x"]),
    (["**", "!**"], ["a", "x/a"], [], ["x"], []),
    (["build", "!**/a"], [], ["build/x/b"], ["x"], ["build"]),
    # the last pattern that matches decides
    (["**/.*", "!**/.github/**", "**/.github/w"], [".github/a"], [".github/w"], [".github"], [".git"]),
    (["!a", "a"], [], ["a"], [], ["a"]),
    (["!a"], ["a", "b"], [], ["a"], []),
    (["!"], ["a"], [], ["a"], []),
    ([r"\!a"], ["a"], ["!a"], ["a"], ["!a"]),
]


@pytest.mark.parametrize(("patterns", "files", "no_files", "directories", "no_directories"), CASES)
def test_what_is_excluded(
    patterns: list[str], files: list[str], no_files: list[str], directories: list[str], no_directories: list[str]
) -> None:
    matcher = PatternFilePathMatcher(None, patterns)
    assert [p for p in files if not matcher.is_file_included(p)] == []
    assert [p for p in no_files if matcher.is_file_included(p)] == []
    assert [p for p in directories if not matcher.is_dir_included(p)] == []
    assert [p for p in no_directories if matcher.is_dir_included(p)] == []


def test_what_is_included_must_not_be_excluded() -> None:
    matcher = PatternFilePathMatcher(["**/*.md", "**/*.py"], ["**/test_*"])
    assert matcher.is_file_included("x/a.md")
    assert not matcher.is_file_included("x/test_a.py")
    assert not matcher.is_file_included("test_x/a.py")
    assert not matcher.is_dir_included("test_x")
    assert matcher.is_dir_included("x")  # included patterns are for files


def test_many_directories_do_not_fill_the_memory() -> None:
    matcher = PatternFilePathMatcher(None, ["x7"])
    assert [n for n in range(10_000) if not matcher.is_file_included(f"x{n}/a")] == [7]
    assert len(matcher._directories) <= 4096


def test_its_memo_key_is_its_patterns() -> None:
    one, other = PatternFilePathMatcher(["a"], ["b"]), PatternFilePathMatcher(["a"], ["c"])
    assert one.__coco_memo_key__() == PatternFilePathMatcher(["a"], ["b"]).__coco_memo_key__()
    assert one.__coco_memo_key__() != other.__coco_memo_key__()
    assert repr(one) == "PatternFilePathMatcher(included_patterns=('a',), excluded_patterns=('b',))"
