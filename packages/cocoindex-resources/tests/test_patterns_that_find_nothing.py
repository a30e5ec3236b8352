"""Patterns that cannot match, or that match nothing for want of `**/`, are told."""

from __future__ import annotations

from pathlib import Path

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
        ("src/**/", "'src/**'"),
        ("../src/*.py", "no '..' part"),
        ("src/../*.py", "no '..' part"),
        ("~/src/*.py", "relative to its start"),
        ("C:\\src\\*.py", "relative to its start"),
        ("", "names nothing"),
        ("/", "names nothing"),
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


def test_the_path_of_a_folder_is_known(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    PatternFilePathMatcher([f"{tmp_path.as_posix()}/*.md"])
    assert "only what follows the folder that is walked" in caplog.text


def test_an_exclamation_mark_has_no_meaning_where_files_are_included(caplog: pytest.LogCaptureFixture) -> None:
    PatternFilePathMatcher(["**/*.md", "!docs/*.md"])
    assert "'!docs/*.md'" in caplog.text and "in excluded_patterns only" in caplog.text


def test_it_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        PatternFilePathMatcher(["./*.py"])
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("pattern", ["*.md", "**/*.md", "**", "a/**", "{a,b}/*.py", "..a", ".*", "a/..b/c", "[.]/a"])
def test_of_others_nothing_is_said(pattern: str, caplog: pytest.LogCaptureFixture) -> None:
    PatternFilePathMatcher([pattern], [pattern, f"!{pattern}"])
    assert caplog.messages == []


def walked(matcher: PatternFilePathMatcher, *names: str) -> None:
    missed = matcher.missed_patterns("site")
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


@pytest.mark.parametrize(
    ("included", "excluded", "names", "advice"),
    [
        (["*.MD"], [], ["a.md"], "upper and lower case count"),
        (["**/*.md"], [], ["d/A.MD"], "upper and lower case count"),
        (["*.md"], [], ["d/A.MD"], "'**/*.md'; upper and lower case count"),
        (["Docs/*.md"], [], ["docs/a.md"], "upper and lower case count"),
        (["*.md"], [], ["README.MD", "d/", "d/a.md"], "'**/*.md' for any depth"),
        (["readme.md"], [], ["README.md", "d/", "d/readme.md"], "upper and lower case count"),
        (["**.md"], [], ["README.MD", "d/", "d/a.md"], "'**/*.md'"),
        (["docs/**.md"], [], ["docs/b/a.md"], "'docs/**/*.md'"),
        (["docs/*.md"], [], ["site/docs/a.md"], "'**/docs/*.md'"),
        (["docs/*.md"], [], ["docs/b/a.md"], "'docs/**/*.md'"),
        (["docs\\*.md"], [], ["docs/a.md"], "'docs/*.md'"),
        (["*.md "], [], ["a.md"], "white space"),
        (["*.md,*.rst"], [], ["a.rst"], "'{*.md,*.rst}'"),
        (["*.md;*.rst"], [], ["a.rst"], "'{*.md,*.rst}'"),
        (["**/*.md | **/*.rst"], [], ["d/a.rst"], "'{**/*.md,**/*.rst}'"),
        (["*.md *.rst"], [], ["a.rst"], "'{*.md,*.rst}'"),
        (["'*.md'"], [], ["a.md"], "the quotes are part of it; write '*.md'"),
        (["site/*.md"], [], ["a.md"], "begin below the folder that is walked; write '*.md'"),
        (["site/**"], [], ["d/", "d/a.md"], "write '**'"),
        ([], ["site/build"], ["build/", "build/a.md"], "write 'build'"),
        (["*.{md,rst}"], [], ["d/a.rst"], "'**/*.{md,rst}'"),
        (["docs"], [], ["docs/", "docs/a.md"], "'docs/**'"),
        (["md"], [], ["docs/a.md"], "'**/*.md'"),
        (["a\u0308.md"], [], ["\u00e4.md"], "Unicode form"),
        (["**/*.md"], ["**/*.md"], ["a.md"], "is excluded, such as 'a.md'"),
        (["vendor/*.md", "*.py"], ["**/vendor"], ["a.py", "vendor/"], "the directory 'vendor' is excluded"),
        ([], ["docs\\**"], ["docs/a.md"], "'docs/**'"),
        ([], ["Docs"], ["docs/", "docs/a.md"], "upper and lower case count"),
    ],
)
def test_what_may_be_meant(
    included: list[str], excluded: list[str], names: list[str], advice: str, caplog: pytest.LogCaptureFixture
) -> None:
    walked(PatternFilePathMatcher(included or None, excluded or None), *names)
    (said,) = caplog.messages
    assert advice in said and "'the walk'" in said


@pytest.mark.parametrize(
    ("included", "excluded", "names"),
    [
        (["**/*.md", "**/*.MD"], [], ["d/a.md"]),
        (["docs/*.md", "**/*.md"], [], ["site/docs/a.md"]),
        (["*.md"], [], ["a.txt", "d/b.py"]),
        (["site/*.md", "**/*.md"], [], ["site/a.md", "b.md"]),
        (["other/*.md"], [], ["a.md"]),
        ([], ["docs/build"], ["site/docs/build/", "site/docs/build/a"]),
        ([], ["**/build", "**/Build"], ["build/", "a/build/"]),
    ],
)
def test_of_what_is_meant_so_nothing_is_said(
    included: list[str], excluded: list[str], names: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    walked(PatternFilePathMatcher(included or None, excluded or None), *names)
    assert caplog.messages == []
