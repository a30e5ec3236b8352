"""Notices glob patterns that do not do what they seem to: they find nothing, for a slash or the lack of `**/`.

Resources layer.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Final

from ._glob import compile_any

logger = logging.getLogger("cocoindex")

_SAID_AT_MOST: Final = 1000
_said: set[str] = set()


class MissedPatterns:
    """Watches one walk for patterns without a `/` that match nothing in the root, and would match below.

    Args:
        included, excluded: the patterns of a matcher.
    """

    __slots__ = ("_below", "_excluded", "_included")

    def __init__(self, included: Iterable[str], excluded: Iterable[str]) -> None:
        self._included = {pattern: compile_any([pattern]) for pattern in included if _is_shallow(pattern)}
        self._excluded = {pattern: compile_any([pattern]) for pattern in excluded if _is_shallow(pattern)}
        self._below: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._included or self._excluded)

    def saw(self, name: str, *, wanted: bool, is_directory: bool = False) -> None:
        """Take note of a file or directory of the walk, by its relative path, and of whether it is wanted."""
        _, slash, last = name.rpartition("/")
        if not slash:
            for patterns in (self._included, self._excluded):
                for pattern in _matching(patterns, name):
                    del patterns[pattern]
        elif wanted:
            self._miss(self._excluded, name, last)
        elif not is_directory:
            self._miss(self._included, name, last)

    def say(self, where: str) -> None:
        """Log a warning for each such pattern; `where` names the walk."""
        for kind, patterns in (("included", self._included), ("excluded", self._excluded)):
            for pattern in patterns:
                if pattern in self._below:
                    logger.warning(
                        "the %s pattern %r matches nothing directly in %s, but would match %r below: `*` and `?` stay "
                        "within one part of a path, so write '**/%s' for any depth",
                        kind,
                        pattern,
                        where,
                        self._below[pattern],
                        pattern,
                    )

    def _miss(self, patterns: dict[str, re.Pattern[str]], name: str, last: str) -> None:
        for pattern in _matching(patterns, last):
            self._below.setdefault(pattern, name)


def warn_of_pattern(what: str, pattern: str) -> None:
    """Log a warning, once, for a pattern that no relative path can match.

    Args:
        what: the argument that it was given in.
        pattern: without a `!` before it.
    """
    parts = pattern.split("/")
    mended = "/".join(part for part in parts if part not in ("", "."))
    if pattern in _said or not mended or ".." in parts:
        return
    if pattern.endswith("/") and not pattern.endswith("\\/"):
        advice = f"write {mended!r} for a directory to exclude, or '{mended}/**' for what is in it"
    elif mended != pattern:
        advice = f"write {mended!r}"
    else:
        return
    if len(_said) < _SAID_AT_MOST:
        _said.add(pattern)
    logger.warning(
        "the pattern %r in %s matches nothing, as the paths of a walk have no '.' part and no slash at their beginning "
        "or end; %s",
        pattern,
        what,
        advice,
    )


def _matching(patterns: dict[str, re.Pattern[str]], name: str) -> list[str]:
    return [pattern for pattern, regex in patterns.items() if regex.fullmatch(name) is not None] if patterns else []


def _is_shallow(pattern: str) -> bool:
    return "/" not in pattern and "**" not in pattern and not pattern.startswith("!")
