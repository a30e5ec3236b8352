"""Compiles the regular expressions of users, in the syntax of Python's `re` or of `regex`. Ops layer."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Protocol

from .errors import SeparatorPatternError

_LEADING_FLAGS = re.compile(r"\(\?([imsx]+)\)")


class Pattern(Protocol):
    """The common interface of `re.Pattern` and `regex.Pattern` that splitting needs."""

    def finditer(self, string: str, /) -> Iterator[re.Match[str]]: ...


def compile_separator(pattern: str, where: str) -> Pattern:
    """Return `pattern`, compiled with `^` and `$` matching at each line.

    Syntax that `re` does not support (`\\p{Lu}`, POSIX classes, set operations, flags in the middle) is compiled by the
    package `regex`.

    Raises:
        SeparatorPatternError: it is not a valid regular expression; the message says `where` it was given.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # re only warns about nested sets, and gives them another meaning
            return re.compile(_scope_flags(pattern), re.MULTILINE)
    except (re.error, FutureWarning, DeprecationWarning):
        return _compile_by_regex(pattern, where)


def join(patterns: list[str]) -> str:
    """Return a pattern that matches any of `patterns`; at each place, the first one that matches wins."""
    return "|".join(f"(?:{_scope_flags(pattern)})" for pattern in patterns)


def _scope_flags(pattern: str) -> str:
    """Return `(?i)abc` as `(?i:abc)`, so that it can be part of another pattern."""
    flags = _LEADING_FLAGS.match(pattern)
    return f"(?{flags[1]}:{pattern[flags.end() :]})" if flags else pattern


def _compile_by_regex(pattern: str, where: str) -> Pattern:
    import regex  # type: ignore[import-untyped]  # its stubs are a distribution of their own

    try:
        compiled: Pattern = regex.compile(pattern, regex.MULTILINE | regex.VERSION1)
    except regex.error as cause:
        raise SeparatorPatternError(pattern, where, str(cause)) from cause
    return compiled
