"""Detects glob patterns that match nothing because of a mistake, such as a slash or a missing `**/`.

Resources layer.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from cocoindex.connectorkits import masked, shown

from ._glob import compile_any, compile_inside

if TYPE_CHECKING:
    from ._near_patterns import NearPatterns

logger = logging.getLogger("cocoindex")

_SAID_AT_MOST: Final = 1000
_WATCHED_AT_MOST: Final = 5  # patterns of one kind: each is compared with every file until it has matched one
_LOOKS: Final = 10_000  # names to compare with similar patterns; enough also in a large folder
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")
_META: Final = re.compile(r"[*?\[{\\]")
_said: set[str] = set()


class MissedPatterns:
    """Watches one walk for patterns that match nothing in it, although similar ones would.

    Args:
        included: the patterns to include of a matcher.
        excluded: its patterns to exclude.
        folder: the name of the folder that is walked; empty if it has none.
    """

    __slots__ = ("_excluded", "_included")

    def __init__(self, included: Iterable[str], excluded: Iterable[str], folder: str = "") -> None:
        self._included = _watched(included, only_typed=False, folder=folder)
        # Patterns such as `**/x` are left out: lists that are used for many folders often contain unused ones.
        self._excluded = _watched(
            (pattern for pattern in excluded if not pattern.startswith(("!", "**/"))), only_typed=True, folder=folder
        )

    def __bool__(self) -> bool:
        return bool(self._included or self._excluded)

    def saw(self, name: str, *, wanted: bool, is_directory: bool = False) -> None:
        """Note a file or directory of the walk, by its relative path, and whether it is included."""
        if self._included and not is_directory:
            _look(self._included, name, counts=wanted, is_near=not wanted)
        elif is_directory and not wanted:
            for watched in self._included.values():
                watched.close(name)
        if self._excluded:
            _look(self._excluded, name, counts=True, is_near=wanted)

    def say(self, where: str) -> None:
        """Log a warning for each such pattern; `where` names the walk."""
        for kind, patterns in (("included", self._included), ("excluded", self._excluded)):
            for pattern, watched in patterns.items():
                if watched.found:
                    logger.warning(
                        "the %s pattern %r matches nothing in %s, but %s",
                        kind,
                        pattern,
                        where,
                        watched.found,
                    )


class _Watched:
    """A pattern that has not matched anything yet, and the most likely explanation found so far."""

    __slots__ = ("_at", "_folder", "_inside", "_looks", "_near", "_only_typed", "_pattern", "found", "matches")

    def __init__(self, pattern: str, *, only_typed: bool, folder: str) -> None:
        self.matches = compile_any([pattern])
        self.found = ""
        self._pattern = pattern
        self._only_typed = only_typed
        self._folder = folder
        self._near: NearPatterns | None = None  # created for the first file that the pattern does not match
        self._at: int | None = None
        self._inside: re.Pattern[str] | None = None  # and this for the first directory that is not entered
        self._looks = _LOOKS

    def hide(self, name: str) -> None:
        """Note a file that the pattern matches, but other patterns exclude."""
        self._at, self.found = 0, f"everything that it would match is excluded, such as {name!r}"

    def close(self, directory: str) -> None:
        """Note a directory that is not entered; it matters if the pattern names it."""
        if self._inside is None:
            self._inside = compile_inside([self._pattern])
        if self._inside.fullmatch(f"{directory}/") is not None:
            self._at, self.found = 0, f"the directory {directory!r} is excluded"

    def look(self, name: str) -> None:
        """Note a name that the pattern does not match, but may be meant to match."""
        if self._at == 0 or not self._looks:
            return
        if self._near is None:
            from ._near_patterns import NearPatterns

            self._near = NearPatterns(self._pattern, only_typed=self._only_typed, folder=self._folder)
        self._looks -= 1
        at = self._near.match(name, self._at)
        if at is not None:
            self._at, self.found = at, f"would match {name!r}: {self._near.advice(at)}"


def _watched(patterns: Iterable[str], *, only_typed: bool, folder: str) -> dict[str, _Watched]:
    some = [pattern for pattern in dict.fromkeys(patterns) if not _is_told(pattern)]
    some.sort(key=lambda pattern: pattern.startswith("**/"))  # last, because mistakes in them are less likely
    return {pattern: _Watched(pattern, only_typed=only_typed, folder=folder) for pattern in some[:_WATCHED_AT_MOST]}


def _look(patterns: dict[str, _Watched], name: str, *, counts: bool, is_near: bool) -> None:
    """Compare a name with patterns; if it counts as a match, remove the patterns that match it."""
    done = []
    for pattern, watched in patterns.items():
        if watched.matches.fullmatch(name) is not None:
            if counts:
                done.append(pattern)
            else:
                watched.hide(name)
        elif is_near:
            watched.look(name)
    for pattern in done:
        del patterns[pattern]


def warn_of_pattern(what: str, pattern: str) -> None:
    """Log a warning, once, for a pattern that no relative path can match.

    Args:
        what: the name of the argument that contains it.
        pattern: the pattern, as given.
    """
    if what == "excluded_patterns":
        pattern = pattern.removeprefix("!")
    if pattern in _said:
        return
    advice = _advice(pattern, is_included=what == "included_patterns")
    if not advice:
        return
    if len(_said) < _SAID_AT_MOST:
        _said.add(pattern)
    logger.warning("the pattern %s in %s matches nothing, as %s", shown(pattern), what, masked(advice))


def _is_told(pattern: str) -> bool:
    return bool(_advice(pattern, is_included=False))


def _advice(pattern: str, *, is_included: bool) -> str:
    """Return why no path of a walk can match a pattern, and what to write instead; empty if one can."""
    parts = pattern.split("/")
    if is_included and pattern.startswith("!"):
        return "`!` has a meaning in excluded_patterns only; give the pattern there, without `!`"
    if ".." in parts:
        return "the paths of a walk are relative to its start and have no '..' part; walk the other folder, too"
    if parts[0] == "~" or _DRIVE.match(pattern):
        return "the paths of a walk are relative to its start; write what follows the folder that is walked"
    mended = "/".join(part for part in parts if part not in ("", "."))
    if not mended:
        return "it names nothing"
    if mended == pattern or (pattern.endswith("\\/") and mended == pattern[:-1]):
        return ""
    why = "the paths of a walk have no '.' part and no slash at their beginning or end"
    if pattern.endswith("/") and not pattern.endswith(("\\/", "**/")):
        return f"{why}; write {mended!r} for a directory to exclude, or '{mended}/**' for what is in it"
    if _is_absolute(parts):
        return f"{why}; write {mended!r}, or only what follows the folder that is walked, if it begins with its path"
    return f"{why}; write {mended!r}"


def _is_absolute(parts: list[str]) -> bool:
    above = list(takewhile(lambda part: _META.search(part) is None, parts[:-1]))
    return len(above) > 1 and not above[0] and os.path.isdir("/".join(above))
