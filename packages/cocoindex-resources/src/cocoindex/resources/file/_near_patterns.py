"""Similar patterns that may be meant if a glob pattern matches nothing, each with advice.

Resources layer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from ._glob import compile_any
from .errors import InvalidPatternError

_SUFFIX: Final = re.compile(r"\.?\w+")
_GLUED: Final = re.compile(r"(?<![^/])\*\*(?=[^/])")
_BETWEEN: Final = re.compile(r"\s*[,;|]\s*|\s+")


class Near(NamedTuple):
    """A similar pattern that may be meant, and the advice to show if it matches something."""

    matches: re.Pattern[str]
    advice: str


class NearPatterns:
    """The similar patterns that may be meant, the likeliest first.

    Args:
        pattern: the pattern.
        only_typed: whether to leave out patterns for another depth; an exclusion may well be meant for one depth only.
        folder: the name of the folder that is walked.
    """

    __slots__ = ("_any", "_near", "_pattern")

    def __init__(self, pattern: str, *, only_typed: bool, folder: str) -> None:
        self._pattern = pattern
        self._near = list(_near(pattern, only_typed=only_typed, folder=folder))
        joined = "|".join(f"(?:{near.matches.pattern})" for near in self._near)
        self._any = re.compile(joined or "(?!)", re.DOTALL | re.IGNORECASE)

    def match(self, name: str, before: int | None) -> int | None:
        """Return the index of the first similar pattern that matches a path, less than `before` if given; None if none
        does."""
        name = name if name.isascii() else unicodedata.normalize("NFC", name)
        if self._any.fullmatch(name) is None:
            return None
        return next((at for at, near in enumerate(self._near[:before]) if near.matches.fullmatch(name)), None)

    def advice(self, at: int) -> str:
        """Return the advice for the similar pattern at an index."""
        return self._near[at].advice


def _near(pattern: str, *, only_typed: bool, folder: str) -> Iterator[Near]:
    composed = unicodedata.normalize("NFC", pattern)
    for typed, why in _typed(composed, unicodedata.normalize("NFC", folder)):
        yield from _made(typed, f"{why}; write {typed!r}")
    if composed != pattern or not pattern.isascii():
        yield from _made(composed, "its letters are written in another Unicode form (NFC, NFD)")
    deeper = [] if only_typed and ("/" in pattern or "**" in pattern) else list(_deeper(composed))
    below = [
        near
        for other in deeper
        for near in _made(other, f"`*` and `?` stay within one part of a path, so write {other!r} for any depth below")
    ]
    in_case = list(_made(composed, "upper and lower case count", re.IGNORECASE))
    # With a wildcard, what is below is likelier meant than what differs in case.
    yield from (*below, *in_case) if "*" in pattern else (*in_case, *below)
    if only_typed:
        return
    yield from _made(f"{composed.rstrip('/')}/**", f"it names a directory; write '{composed.rstrip('/')}/**'")
    if _SUFFIX.fullmatch(composed):
        whole = f"**/*.{composed.lstrip('.')}"
        yield from _made(whole, f"a pattern matches the whole path; write {whole!r}")
    for other in deeper:
        yield from _made(other, f"write {other!r}; upper and lower case count, too", re.IGNORECASE)


def _typed(pattern: str, folder: str) -> Iterator[tuple[str, str]]:
    """Yield corrections of characters that have another meaning in a pattern, each with the reason."""
    if "\\" in pattern:
        yield pattern.replace("\\", "/"), "`\\` makes the next character literal, on every system"
    if (apart := _GLUED.sub("**/*", pattern)) != pattern:
        yield apart, "`**` matches directories only as a part of its own"
    if pattern.strip() != pattern:
        yield pattern.strip(), "it begins or ends with white space"
    if pattern[0] == pattern[-1] and pattern[0] in "'\"`" and len(pattern) > 2:
        yield pattern[1:-1], "the quotes are part of it"
    alternatives = _BETWEEN.split(pattern.strip())
    if len(alternatives) > 1 and all(alternatives) and "{" not in pattern:
        yield f"{{{','.join(alternatives)}}}", "it is one pattern"
    if folder and pattern.startswith(f"{folder}/") and len(pattern) > len(folder) + 1:
        yield pattern[len(folder) + 1 :], "the paths of a walk begin below the folder that is walked"


def _deeper(pattern: str) -> Iterator[str]:
    """Yield the same pattern at any depth, and with its last part at any depth below the other parts."""
    if not pattern.startswith("**"):
        yield f"**/{pattern}"
    above, slash, last = pattern.rpartition("/")
    if slash and "**" not in pattern:
        yield f"{above}/**/{last}"


def _made(pattern: str, advice: str, flags: int = 0) -> Iterator[Near]:
    try:
        matches = compile_any([pattern])
    except InvalidPatternError:
        return
    yield Near(re.compile(matches.pattern, re.DOTALL | flags), advice)
