"""Selects files by glob patterns: to include, to exclude, and to keep despite an exclusion.

Resources layer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import PurePath
from typing import Final

from cocoindex.connectorkits import masked, shown

from ._glob import compile_any, compile_inside
from ._matcher import FilePathMatcher
from ._missed import MissedPatterns, warn_of_pattern
from .errors import InvalidFilePathError, InvalidPatternError

_CACHED_DIRECTORIES: Final = 4096


class PatternFilePathMatcher(FilePathMatcher):
    """Matches paths, relative to the start of a walk, against glob patterns in globset's syntax.

    `*` and `?` do not match `/`: `*.py` matches Python files in the root, `**/*.py` at any depth.
    `{a,b}`, `[a-z]`, `[!a]` and `\\` work as in globset.

    Args:
        included_patterns: files to include; None includes all.
        excluded_patterns: files and directories to exclude, a directory with all its contents. A pattern that begins
            with `!` keeps what earlier patterns exclude; the last matching pattern decides. A path that matches no
            pattern is excluded if its directory is.

            A walk enters an excluded directory only if a `!` pattern leads through it: `!a/b/*.md` leads into `a` and
            `a/b`, `!**/.github/**` into any `.github`.

    Raises:
        InvalidPatternError: (a `ValueError` and `TypeError`) a pattern is invalid, or the patterns are not a list of
            str.
    """

    def __init__(
        self, included_patterns: Sequence[str] | None = None, excluded_patterns: Sequence[str] | None = None
    ) -> None:
        self._patterns = (_checked("included", included_patterns), _checked("excluded", excluded_patterns))
        included, excluded = self._patterns
        for what, patterns in (("included_patterns", included), ("excluded_patterns", excluded)):
            for pattern in patterns or ():
                warn_of_pattern(what, pattern)
        self._included = None if included is None else compile_any(included)
        self._rules = _rules(excluded or ())
        kept = [pattern[1:] for pattern in excluded or () if pattern.startswith("!")]
        self._ways = compile_inside(kept) if kept else None
        self._directories: dict[str, bool] = {}

    def is_dir_included(self, path: PurePath | str) -> bool:
        """Return whether to enter the directory; `path` is relative; a string has forward slashes."""
        name = path if isinstance(path, str) else _posix(path)
        if not self._excluded(name):
            return True
        return self._ways is not None and self._ways.fullmatch(name + "/") is not None

    def is_file_included(self, path: PurePath | str) -> bool:
        """Return whether to yield the file; `path` is relative; a string has forward slashes."""
        name = path if isinstance(path, str) else _posix(path)
        if self._included is not None and self._included.fullmatch(name) is None:
            return False
        return not self._excluded(name)

    def missed_patterns(self, folder: str = "") -> MissedPatterns | None:
        """Return an object that finds patterns without a match in a walk; None if there are no patterns to check.

        Args:
            folder: the name of the folder that is walked; patterns may begin with it by mistake.
        """
        included, excluded = self._patterns
        return MissedPatterns(included or (), excluded or (), folder) or None

    def __repr__(self) -> str:
        included, excluded = self._patterns
        return masked(f"PatternFilePathMatcher(included_patterns={included!r}, excluded_patterns={excluded!r})")

    def __coco_memo_key__(self) -> object:
        return self._patterns

    def _excluded(self, path: str) -> bool:
        if not self._rules:
            return False
        for pattern, excludes in self._rules:
            if pattern.fullmatch(path) is not None:
                return excludes
        parent, slash, _ = path.rpartition("/")
        return bool(slash) and self._directory_excluded(parent)

    def _directory_excluded(self, path: str) -> bool:
        known = self._directories.get(path)
        if known is None:
            if len(self._directories) >= _CACHED_DIRECTORIES:
                self._directories.clear()
            known = self._directories[path] = self._excluded(path)
        return known


def _rules(patterns: Sequence[str]) -> list[tuple[re.Pattern[str], bool]]:
    """Return the patterns as rules: the first one that matches a path decides; True means that it excludes.

    The last pattern comes first; adjacent patterns of the same kind form one rule.
    """
    runs = groupby(patterns, key=lambda pattern: pattern.startswith("!"))
    rules = [(compile_any(p[1:] if kept else p for p in run), not kept) for kept, run in runs]
    return rules[::-1]


def _checked(what: str, patterns: Sequence[str] | None) -> tuple[str, ...] | None:
    if patterns is None:
        return None
    if not _are_texts(patterns):
        raise InvalidPatternError(f"{what}_patterns is {shown(patterns)}; give a list of strings, such as ['**/*.md']")
    return tuple(patterns)


def _are_texts(patterns: object) -> bool:
    # Sets are refused, because their order differs between processes.
    if isinstance(patterns, str | bytes) or not isinstance(patterns, Sequence):
        return False
    return all(isinstance(pattern, str) for pattern in patterns)


def _posix(path: PurePath) -> str:
    try:
        return path.as_posix()
    except AttributeError:
        raise InvalidFilePathError(
            f"a matcher takes a path, or a str with forward slashes, not {shown(path)}"
        ) from None
