"""Converts glob patterns to regular expressions: for the paths that they match, and the directories above these.

Resources layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ._glob_tokens import Kind, Token, read_tokens


def compile_any(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a regular expression that fully matches the relative POSIX paths that any of `patterns` matches."""
    return _any(_whole(read_tokens(pattern)) for pattern in patterns)


def compile_inside(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a regular expression that fully matches the directories (with a `/` at the end) that `patterns` name.

    A pattern names the directories that are its leading parts: `a/b/*.md` names `a/` and `a/b/`. A `**` at the
    beginning does not name any directory, as it would name all.
    """
    return _any(start for pattern in patterns for start in _starts(read_tokens(pattern)))


def _any(regexes: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(dict.fromkeys(regexes))
    return re.compile(joined or "(?!)", re.DOTALL)


def _whole(tokens: Sequence[Token]) -> str:
    if len(tokens) == 1 and tokens[0].kind is Kind.LEADING:  # `**`
        return ".*"
    return _regex(tokens)


def _regex(tokens: Sequence[Token]) -> str:
    return "".join(map(_token_regex, tokens))


def _token_regex(token: Token) -> str:
    if token.kind is Kind.TEXT:
        return token.regex
    if token.kind is Kind.CHOICE:
        return f"(?:{'|'.join(map(_regex, token.branches))})" if token.branches else ""
    return str(token.kind.value)


def _starts(tokens: Sequence[Token]) -> Iterator[str]:
    read = ""
    for token in tokens:
        if token.kind is Kind.SEPARATOR:
            yield f"{read}/"
        elif token.kind in (Kind.BETWEEN, Kind.TRAILING):
            yield f"{read}/(?:.*/)?"
        elif token.kind is Kind.CHOICE:
            for branch in token.branches:
                yield from (read + start for start in _starts(branch))
        read += _token_regex(token)
