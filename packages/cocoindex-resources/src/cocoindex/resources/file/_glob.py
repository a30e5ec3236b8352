"""Glob patterns as regular expressions: what they match, and in which directories they could match something.

Resources layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ._glob_tokens import Kind, Token, read_tokens


def compile_any(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return what fully matches a relative path, with forward slashes, that one of `patterns` matches."""
    return _any(_whole(read_tokens(pattern)) for pattern in patterns)


def compile_inside(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return what fully matches a directory's path and a `/` where one of `patterns` names a way through it.

    A `**` that a pattern begins with names no directory: it would name them all.
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
