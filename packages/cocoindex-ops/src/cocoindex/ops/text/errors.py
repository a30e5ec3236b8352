"""Errors of splitting texts and of reading code, all derived from `cocoindex.errors.CocoIndexError`. Ops layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class SplitSizeError(CocoIndexError, ValueError, OverflowError):
    """A size given to a text splitter is out of range."""


class SplitterArgumentError(CocoIndexError, TypeError, ValueError):
    """An argument of a text splitter or of its configuration has the wrong type, or the language is given twice."""


class UnsplittableTextError(CocoIndexError, TypeError, ValueError):
    """The text to split is not a str, or cannot be encoded as UTF-8."""


class CodeArgumentError(CocoIndexError, TypeError):
    """An argument of a code operation has the wrong type."""


class CodeLanguageError(CocoIndexError, ValueError):
    """No grammar for this language, or the language is missing or given twice."""


class CodeSourceError(CocoIndexError, ValueError):
    """Source code cannot be parsed, or a match does not belong to the given source."""


class KeepSeparatorError(CocoIndexError, ValueError):
    """`keep_separator` of a text splitter has an unknown value."""


class SeparatorPatternError(CocoIndexError, ValueError):
    """A separator of a text splitter is not a valid regular expression.

    Args:
        pattern: the separator.
        where: the argument that contains it.
        why: the reason why it is invalid.
    """

    def __init__(self, pattern: str, where: str, why: str) -> None:
        super().__init__(f"{pattern!r} in {where} is not a valid regular expression: {why}")


class DuplicateLanguageError(CocoIndexError, ValueError):
    """Two custom languages of one text splitter share a name or alias."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is the name or alias of a custom language twice (case does not matter); rename one of them"
        )
