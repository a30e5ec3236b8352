"""Patterns that cannot match, or that match nothing for want of `**/`, are told."""

from __future__ import annotations

import pytest

from cocoindex.resources.file import PatternFilePathMatcher, _missed


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_missed, "_said", set())


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        ("node_modules/", "'node_modules'"),
        ("**/node_modules/", "'**/node_modules'"),
        ("!keep/", "'keep/**'"),
        ("./*.py", "'*.py'"),
        ("/src/*.py", "'src/*.py'"),
        ("src/./a.py", "'src/a.py'"),
        ("src//a.py", "'src/a.py'"),
        ("./src/", "'src/**'"),
    ],
)
@pytest.mark.parametrize("argument", ["included_patterns", "excluded_patterns"])
def test_a_pattern_that_no_path_matches(
    pattern: str, advice: str, argument: str, caplog: pytest.LogCaptureFixture
) -> None:
    if argument == "included_patterns":
        PatternFilePathMatcher(included_patterns=[pattern.removeprefix("!")])
    else:
        PatternFilePathMatcher(excluded_patterns=[pattern])
    (said,) = caplog.messages
    assert repr(pattern.removeprefix("!")) in said and argument in said and advice in said


def test_it_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        PatternFilePathMatcher(["./*.py"])
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("pattern", ["*.md", "**/*.md", "**", "a/**", "{a,b}/*.py", "..a", ".*", "a/..b/c", "[.]/a"])
def test_of_others_nothing_is_said(pattern: str, caplog: pytest.LogCaptureFixture) -> None:
    PatternFilePathMatcher([pattern], [pattern, f"!{pattern}"])
    assert caplog.messages == []


def walked(matcher: PatternFilePathMatcher, *names: str) -> None:
    missed = matcher.missed_patterns()
    if missed is not None:
        for name in names:
            path = name.rstrip("/")
            is_directory = name.endswith("/")
            wanted = (matcher.is_dir_included if is_directory else matcher.is_file_included)(path)
            missed.saw(path, wanted=wanted, is_directory=is_directory)
        missed.say("'the walk'")


@pytest.mark.parametrize(
    ("included", "excluded", "names", "told"),
    [
        (["*.md"], [], ["d/", "d/a.md", "d/b.md"], ["*.md"]),
        (["*.md"], [], ["d/", "d/a.md", "z.md"], []),
        (["*.md"], [], ["d/", "d/a.py"], []),
        (["*.md", "*.py", "**/*.txt"], [], ["a.md", "d/", "d/b.md", "d/c.py", "d/e.txt"], ["*.py"]),
        (["*.md", "**/*.md"], [], ["d/a.md"], []),
        ([], ["*.tmp"], ["d/", "d/x.tmp"], ["*.tmp"]),
        ([], ["*.tmp"], ["a.tmp", "d/", "d/x.tmp"], []),
        ([], ["node_modules"], ["d/", "d/node_modules/", "d/node_modules/a"], ["node_modules"]),
        ([], ["node_modules"], ["node_modules/", "d/", "d/node_modules/"], []),
        ([], [".env", "!.env"], ["d/", "d/.env"], [".env"]),
    ],
)
def test_a_pattern_without_two_stars(
    included: list[str], excluded: list[str], names: list[str], told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    walked(PatternFilePathMatcher(included or None, excluded or None), *names)
    assert len(caplog.messages) == len(told)
    for said, pattern in zip(caplog.messages, told, strict=True):
        assert repr(pattern) in said and f"'**/{pattern}'" in said and "'the walk'" in said
