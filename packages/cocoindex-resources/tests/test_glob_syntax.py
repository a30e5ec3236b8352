"""Each piece of the pattern syntax matches what globset says it matches."""

from pathlib import PurePosixPath

import pytest

from cocoindex.errors import CocoIndexError
from cocoindex.resources.file import PatternFilePathMatcher
from cocoindex.resources.file.errors import InvalidPatternError

CASES = [
    # pattern, paths that match, paths that do not
    ("*.py", ["a.py", ".py", "é.py", "a\nb.py"], ["x/a.py", "a.PY", "a.pyc"]),
    ("**/*.py", ["a.py", "x/a.py", "x/y/a.py"], ["a.md", "x/a.py/b"]),
    ("**", ["a", "x/a", ".g/a"], []),
    ("**/", ["a", "x/a"], []),
    ("*", ["a", ".a", "{a}"], ["x/a"]),
    ("***", ["a"], ["x/a"]),
    ("?", ["a", "é", "["], ["ab", ""]),
    ("a/**", ["a/b", "a/b/c"], ["a", "ab"]),
    ("/**", [], ["a", "x/a"]),
    ("/a", [], ["a"]),
    ("./a", [], ["a"]),
    ("a/", [], ["a"]),
    ("x/**/a", ["x/a", "x/y/a", "x/y/z/a"], ["xa", "x/y/b"]),
    ("x/**/", [], ["x/a", "x"]),
    ("**/**/a", ["a", "x/a"], ["b"]),
    ("**/x/**/a", ["x/a", "y/x/z/a"], ["y/a"]),
    ("x**", ["x", "xy"], ["x/a"]),
    ("a**b", ["ab", "acb"], ["a/b"]),
    ("a/**b", ["a/b", "a/cb"], ["a/c/b"]),
    ("[ab]", ["a", "b"], ["c", "ab"]),
    ("[a-c]x", ["ax", "cx"], ["dx"]),
    ("[!a]", ["b", "^"], ["a", "/"]),
    ("[^a]", ["b"], ["a"]),
    ("x[!a]y", ["xby"], ["x/y", "xay"]),
    ("x[/]y", [], ["x/y"]),
    ("[]a]", ["]", "a"], ["b"]),
    ("[!]a]", ["b"], ["]", "a"]),
    ("[a-]", ["a", "-"], ["b"]),
    ("[-a]", ["a", "-"], ["b"]),
    ("[é].py", ["é.py"], ["e.py"]),
    ("[[:alpha:]]", ["a]", ":]"], ["b", "a"]),
    ("{a,b}", ["a", "b"], ["c", "a,b"]),
    ("{*.py,*.md}", ["a.py", "b.md"], ["x/a.py", "c.txt"]),
    ("{**/*.py,b}", ["x/a.py", "b"], ["x/b"]),
    ("{x/**,b}", ["x/a", "b"], ["x"]),
    ("{a,{b,ab}}", ["a", "b", "ab"], ["c"]),
    ("a/{b,c/d}/e", ["a/b/e", "a/c/d/e"], ["a/c/e"]),
    ("{a,}", ["a"], ["b"]),
    ("a{,b}", ["ab"], ["a"]),
    ("a{}", ["a"], ["b"]),
    ("a,b", ["a,b"], ["a", "b"]),
    (r"\*", ["*"], ["a"]),
    (r"\{a\}", ["{a}"], ["a"]),
    (r"\!a", ["!a"], ["a"]),
    ("!a", ["!a"], ["a"]),
    (r"a\\b", [r"a\b"], ["ab"]),
    ("a.b(c)|+^$", ["a.b(c)|+^$"], ["axb(c)|+^$"]),
    ("a b", ["a b"], ["ab"]),
    ("", [], ["a"]),
]


@pytest.mark.parametrize(("pattern", "matching", "other"), CASES)
def test_what_a_pattern_matches(pattern: str, matching: list[str], other: list[str]) -> None:
    matcher = PatternFilePathMatcher([pattern])
    assert [p for p in matching if not matcher.is_file_included(PurePosixPath(p))] == []
    assert [p for p in other if matcher.is_file_included(p)] == []


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("[a", "'[' is never closed"),
        ("[]", "'[' is never closed"),
        ("[!]", "'[' is never closed"),
        ("[a-", "'[' is never closed"),
        ("[b-a]", "range b-a runs backwards"),
        ("{a,b", "'{' is never closed"),
        ("{a,{b}", "'{' is never closed"),
        ("a}", "'}' without a '{'"),
        ("a\\", "ends with a '\\'"),
        ("{" * 40 + "a" + "}" * 40, "nest more than 32 deep"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str, says: str) -> None:
    with pytest.raises(InvalidPatternError) as refusal:
        PatternFilePathMatcher([pattern])
    assert says in str(refusal.value)
    assert isinstance(refusal.value, ValueError)
    assert isinstance(refusal.value, CocoIndexError)
    with pytest.raises(InvalidPatternError):
        PatternFilePathMatcher(None, ["!" + pattern])


@pytest.mark.parametrize("patterns", ["**/*.py", [3], [None]])
def test_patterns_that_are_no_list_of_strings_are_refused(patterns: object) -> None:
    with pytest.raises(InvalidPatternError, match="give a list of strings"):
        PatternFilePathMatcher(patterns)  # type: ignore[arg-type]  # what is tested


def test_no_patterns_at_all_include_everything_and_an_empty_list_nothing() -> None:
    assert PatternFilePathMatcher().is_file_included("x/a")
    assert not PatternFilePathMatcher([]).is_file_included("x/a")
    assert PatternFilePathMatcher(None, []).is_file_included("x/a")
