"""Reads a glob pattern, in globset's syntax, into tokens.

Resources layer. The syntax: `?` matches one character, `*` any number of characters, `**` as a whole part any number of
parts, `[ab]`, `[a-c]` and `[!ab]` one character of a set, `{a,b}` one of several patterns; a character after `\\` is
literal. Only `**` matches a `/`.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, NamedTuple

from .errors import InvalidPatternError

_MAX_DEPTH: Final = 32


class Kind(Enum):
    """The kind of a token, with its regular expression if that is the same for all tokens of this kind."""

    TEXT = ""
    SEPARATOR = "/"
    LEADING = "(?:.*/)?"  # `**/` at the beginning
    BETWEEN = "/(?:.*/)?"  # `/**/`
    TRAILING = "/.*"  # `/**` at the end
    CHOICE = "{}"


class Token(NamedTuple):
    """A piece of a pattern: `regex` for text, `branches` for a choice."""

    kind: Kind
    regex: str = ""
    branches: tuple[tuple[Token, ...], ...] = ()


def read_tokens(pattern: str) -> tuple[Token, ...]:
    """Return the tokens of `pattern`; raise `InvalidPatternError` if it is invalid."""
    reader = _Reader(pattern)
    tokens = reader.sequence(0)
    if reader.peek() is not None:
        raise reader.wrong("a '}' without a '{' before it; write '[}]' for the character")
    return tokens


class _Reader:
    __slots__ = ("_at", "_pattern")

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def wrong(self, why: str) -> InvalidPatternError:
        return InvalidPatternError(f"the glob pattern {self._pattern!r} cannot be read: {why}")

    def peek(self, ahead: int = 0) -> str | None:
        at = self._at + ahead
        return self._pattern[at] if at < len(self._pattern) else None

    def _next(self, missing: str) -> str:
        char = self.peek()
        if char is None:
            raise self.wrong(missing)
        self._at += 1
        return char

    def sequence(self, depth: int) -> tuple[Token, ...]:
        """Read up to the end of the pattern, or up to the end of a branch of a choice."""
        tokens: list[Token] = []
        while (char := self.peek()) is not None:
            if char == "}" or (char == "," and depth):
                break
            self._at += 1
            self._read(char, tokens, depth)
        return tuple(tokens)

    def _read(self, char: str, tokens: list[Token], depth: int) -> None:
        match char:
            case "/":
                tokens.append(Token(Kind.SEPARATOR))
            case "?":
                tokens.append(Token(Kind.TEXT, "[^/]"))
            case "*":
                self._stars(tokens, depth)
            case "[":
                tokens.append(Token(Kind.TEXT, self._set()))
            case "{":
                tokens.append(self._choice(depth + 1))
            case "\\":
                tokens.append(_literal(self._next("it ends with a '\\'; write '\\\\' for the character")))
            case _:
                tokens.append(_literal(char))

    def _stars(self, tokens: list[Token], depth: int) -> None:
        if self.peek() == "*" and self._parts(tokens, depth):
            return
        while self.peek() == "*":
            self._at += 1
        tokens.append(Token(Kind.TEXT, "[^/]*"))

    def _parts(self, tokens: list[Token], depth: int) -> bool:
        """Read a `**` if it is a whole part; return whether it was."""
        after = self.peek(1)
        ends = after is None or (bool(depth) and bool(tokens) and after in ",}")
        if not ends and after != "/":
            return False
        if not tokens:
            tokens.append(Token(Kind.LEADING))
        elif tokens[-1].kind in (Kind.SEPARATOR, Kind.BETWEEN):
            tokens[-1] = Token(Kind.TRAILING if ends else Kind.BETWEEN)
        elif tokens[-1].kind is not Kind.LEADING:
            return False
        self._at += 1 if ends else 2
        return True

    def _choice(self, depth: int) -> Token:
        if depth > _MAX_DEPTH:
            raise self.wrong(f"its braces nest more than {_MAX_DEPTH} deep")
        branches = [self.sequence(depth)]
        while self._next("a '{' is never closed; write '[{]' for the character") == ",":
            branches.append(self.sequence(depth))
        return Token(Kind.CHOICE, branches=tuple(branch for branch in branches if branch))

    def _set(self) -> str:
        unclosed = "a '[' is never closed; write '[[]' for the character"
        negated = self.peek() in ("!", "^")
        self._at += negated
        members = ""
        char = self._next(unclosed)  # a ']' in the first place is a member
        while True:
            if self.peek() == "-" and self.peek(1) not in ("]", None):
                self._at += 1
                last = self._next(unclosed)
                if last < char:
                    raise self.wrong(f"the range {char}-{last} runs backwards")
                members += f"{_member(char)}-{_member(last)}"
            else:
                members += _member(char)
            char = self._next(unclosed)
            if char == "]":
                return f"(?!/)[{'^' if negated else ''}{members}]"


def _literal(char: str) -> Token:
    return Token(Kind.SEPARATOR) if char == "/" else Token(Kind.TEXT, re.escape(char))


def _member(char: str) -> str:
    return f"\\{char}" if char in "\\]^-[&~|" else char
