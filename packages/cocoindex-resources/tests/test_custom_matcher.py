"""A class with the two questions of a matcher is one, whether it derives from the protocol or not."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath

from cocoindex.resources.file import FilePathMatcher, MatchAllFilePathMatcher


class Derived(FilePathMatcher):
    def is_dir_included(self, path: PurePath) -> bool:
        return not path.name.startswith(".")

    def is_file_included(self, path: PurePath) -> bool:
        return path.suffix in (".py", ".md")


class OfItsOwn:
    def is_dir_included(self, path: PurePath) -> bool:
        return False

    def is_file_included(self, path: PurePath) -> bool:
        return True


def answers(matcher: FilePathMatcher, path: str) -> tuple[bool, bool]:
    return matcher.is_dir_included(PurePosixPath(path)), matcher.is_file_included(PurePosixPath(path))


def test_they_answer_for_themselves() -> None:
    assert answers(Derived(), ".git") == (False, False)
    assert answers(Derived(), "src/a.py") == (True, True)
    assert answers(OfItsOwn(), "src/a.py") == (False, True)
    assert answers(MatchAllFilePathMatcher(), "x") == (True, True)
