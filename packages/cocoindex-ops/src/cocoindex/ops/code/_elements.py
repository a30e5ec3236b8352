"""The elements of a pattern, and their syntax. Ops layer.

Metavariables begin with a backslash.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TypeAlias

from ._literal import Literal
from .errors import CodePatternError

MANY = 1 << 30


@dataclass(frozen=True, slots=True)
class Hole:
    """A metavariable, which matches `least` to `most` consecutive nodes of one parent.

    Args:
        name: its name; "" if it captures nothing.
        least: minimum number of nodes.
        most: maximum number of nodes.
        matches: a regular expression that must match the whole text of each node.
    """

    name: str
    least: int = 1
    most: int = 1
    matches: re.Pattern[bytes] | None = None

    @property
    def takes_any(self) -> bool:
        """Whether it matches any nodes, however many."""
        return self.least <= 1 and self.most == MANY and self.matches is None


@dataclass(frozen=True, slots=True)
class Inner:
    """Matches a node that contains a match of a nested pattern, or with `whole`, that consists of one."""

    elements: tuple[Element, ...]
    whole: bool


Element: TypeAlias = "Literal | Hole | Inner"

_QUANTIFIED = {"": (1, 1), "?": (0, 1), "*": (0, MANY), "+": (1, MANY)}
_WRITTEN = re.compile(
    r"""\\(?:
        (?P<open>\{\{?) | (?P<backslash>\\) | (?P<anonymous>[*+?])
        | \(\s*(?P<long>\w*)(?P<quantifier>[*+?]?)\s*(?::\s*/(?P<regex>(?:\\.|[^\\/])*)/\s*)?\\\)
        | (?P<short>\w+)
    )""",
    re.VERBOSE,
)
_LINE_END = re.compile(r"\r?\n")


class Backslash(enum.Enum):
    """A backslash that does not begin a metavariable.

    MEANT: a doubled one; JOINS_LINES: at the end of a line; UNCLOSED: it opens a nested pattern that is never closed;
    STRAY: followed by anything else.
    """

    MEANT = enum.auto()
    JOINS_LINES = enum.auto()
    UNCLOSED = enum.auto()
    STRAY = enum.auto()


@dataclass(frozen=True, slots=True)
class Written:
    """A pattern, split at its backslashes.

    Args:
        pieces: the code before, between and after the parts; one more than there are parts.
        parts: the text at each backslash and its meaning: a metavariable, a nested pattern (with whether it must be a
            whole node), or a plain backslash.
    """

    pieces: list[str]
    parts: list[Part]


Meaning: TypeAlias = "Hole | tuple[Written, bool] | Backslash"
Part: TypeAlias = "tuple[str, Meaning]"


def read_pattern(pattern: str) -> Written:
    """Split a pattern at its backslashes.

    Raises:
        CodePatternError: (a ValueError) a regular expression is invalid.
    """
    return _read(pattern, 0, "")[0]


def _read(pattern: str, at: int, closing: str) -> tuple[Written, int]:
    """Read up to `closing`, or to the end; return the result and the offset where it ends."""
    pieces: list[str] = []
    parts: list[Part] = []
    while (start := pattern.find("\\", at)) >= 0:
        pieces.append(pattern[at:start])
        if closing and pattern.startswith(closing, start):
            return Written(pieces, parts), start
        meaning, at = _meaning(pattern, start)
        if isinstance(meaning, _Unclosed):
            parts.append((meaning.opening, Backslash.UNCLOSED))
            return Written([*pieces, *meaning.rest.pieces], [*parts, *meaning.rest.parts]), at
        parts.append((pattern[start:at], meaning))
    return Written([*pieces, pattern[at:]], parts), len(pattern)


@dataclass(frozen=True, slots=True)
class _Unclosed:
    """The opening of a nested pattern that is never closed (it may be part of a literal), and the rest."""

    opening: str
    rest: Written


def _meaning(pattern: str, start: int) -> tuple[Meaning | _Unclosed, int]:
    """Return the meaning of the backslash at `start`, and the offset where it ends."""
    found = _WRITTEN.match(pattern, start)
    if found is None and _LINE_END.match(pattern, start + 1):
        return Backslash.JOINS_LINES, start + 1
    if found is None:
        return Backslash.STRAY, min(start + 2, len(pattern))  # with the escaped character
    if found["backslash"]:
        return Backslash.MEANT, found.end()
    if not found["open"]:
        return _hole(found, pattern), found.end()
    ending = "\\" + found["open"].replace("{", "}")
    inner, end = _read(pattern, found.end(), ending)
    if end == len(pattern):
        return _Unclosed(found[0], inner), end
    return (inner, found["open"] == "{"), end + len(ending)


def _hole(found: re.Match[str], pattern: str) -> Hole:
    name = found["short"] or found["long"] or ""
    least, most = _QUANTIFIED[found["anonymous"] or found["quantifier"] or ""]
    matches = None
    if found["regex"] is not None:
        try:
            matches = re.compile(found["regex"].encode())
        except re.error as error:
            raise CodePatternError(
                f"/{found['regex']}/ in the pattern {pattern!r} is not a valid regular expression: {error}"
            ) from error
    return Hole("" if name == "_" else name, least, most, matches)
