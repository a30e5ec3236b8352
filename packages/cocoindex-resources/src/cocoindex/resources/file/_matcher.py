"""Decides which directories a walk enters and which files it yields.

Resources layer.
"""

from __future__ import annotations

import inspect
from pathlib import PurePath
from typing import Protocol

from .errors import InvalidFilePathError


class FilePathMatcher(Protocol):
    """Decides which directories a walk enters and which files it yields; paths are relative to its start."""

    def is_dir_included(self, path: PurePath) -> bool:
        """Return whether the walk enters the directory."""
        ...

    def is_file_included(self, path: PurePath) -> bool:
        """Return whether the walk yields the file."""
        ...


class MatchAllFilePathMatcher(FilePathMatcher):
    """Enters every directory and yields every file."""

    def is_dir_included(self, path: PurePath) -> bool:
        return True

    def is_file_included(self, path: PurePath) -> bool:
        return True


def checked_matcher(matcher: FilePathMatcher | None) -> FilePathMatcher | None:
    """Check the argument `path_matcher=` and return it; None means no matcher.

    Raises:
        InvalidFilePathError: (a `TypeError`) `matcher` lacks one of the two methods, or one is async.
    """
    if matcher is None:
        return None
    for method in ("is_file_included", "is_dir_included"):
        answer = getattr(matcher, method, None)
        if callable(answer) and not isinstance(matcher, type) and not inspect.iscoroutinefunction(answer):
            continue
        if isinstance(matcher, type):
            what = f"is the class {matcher.__qualname__}; give an instance of it, such as"
        elif callable(answer):
            what = f"is a {type(matcher).__name__} whose {method}() is async; it has to be sync, as in"
        else:
            what = f"is a {type(matcher).__name__} without {method}(); give a"
        raise InvalidFilePathError(
            f"path_matcher {what} cocoindex.resources.file.PatternFilePathMatcher, or an object with both methods of "
            "FilePathMatcher"
        )
    return matcher
