"""Compiles the regular expressions that users give, in the syntax of Python's `re` or of `regex`. Ops layer."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Protocol

from .errors import SeparatorPatternError

_LEADING_FLAGS = re.compile(r"\(\?([imsx]+)\)")


class Pattern(Protocol):
    """What `re.Pattern` and `regex.Pattern` have in common and splitting needs."""

    def finditer(self, string: str, /) -> Iterator[re.Match[str]]: ...


def compile_separator(pattern: str, where: str) -> Pattern:
    """Return `pattern`, compiled with `^` and `$` matching at each line.

    What `re` does not know (`\\p{Lu}`, POSIX classes, set operations, flags in the middle) is compiled by the `regex`
    package.

    Raises:
        SeparatorPatternError: it is not a regular expression; `where` says whose.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # re only warns of nested sets, which it reads as something else
            return re.compile(_scope_flags(pattern), re.MULTILINE)
    except (re.error, FutureWarning, DeprecationWarning):
        return _compile_by_regex(pattern, where)


def join(patterns: list[str]) -> str:
    """Return a pattern that matches where the first of `patterns` does, or else the second, and so on."""
    return "|".join(f"(?:{_scope_flags(pattern)})" for pattern in patterns)


def _scope_flags(pattern: str) -> str:
    """`(?i)abc` as `(?i:abc)`, so that it can stand within another pattern."""
    flags = _LEADING_FLAGS.match(pattern)
    return f"(?{flags[1]}:{pattern[flags.end() :]})" if flags else pattern


def _compile_by_regex(pattern: str, where: str) -> Pattern:
    import regex  # type: ignore[import-untyped]  # its stubs are a distribution of their own

    try:
        compiled: Pattern = regex.compile(pattern, regex.MULTILINE | regex.VERSION1)
    except regex.error as cause:
        raise SeparatorPatternError(pattern, where, str(cause)) from cause
    return compiled
