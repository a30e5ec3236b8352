"""`match_code`: searches for a pattern once. Ops layer."""

from __future__ import annotations

from ..text.code_source import CodeSource
from ._pattern import CodePattern
from ._results import CodeMatch
from ._terms import language_of


def match_code(pattern: str, source: str | CodeSource, language: str | None = None) -> list[CodeMatch]:
    """Return the matches of a pattern in a source; for many sources, create a `CodePattern` once.

    Args:
        pattern: as for `CodePattern`.
        source: a str, which needs `language`, or a CodeSource, which has its own.
        language: name of a language or its file extension.

    Raises:
        CodeArgumentError, CodeLanguageError, CodePatternError, CodeSourceError: as for `CodePattern`.
    """
    return CodePattern(pattern, language_of(source, language)).match_source(source)
