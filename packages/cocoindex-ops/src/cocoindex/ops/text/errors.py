"""Errors of splitting texts and of reading code, all derived from `cocoindex.errors.CocoIndexError`. Ops layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class SplitSizeError(CocoIndexError, ValueError, OverflowError):
    """A size given to a text splitter is out of range."""


class SplitterArgumentError(CocoIndexError, TypeError, ValueError):
    """An argument of a text splitter, or of what configures one, has the wrong type, or is given twice."""


class UnsplittableTextError(CocoIndexError, TypeError, ValueError):
    """What was to be split is no text, or a text that UTF-8 cannot hold."""


class CodeArgumentError(CocoIndexError, TypeError):
    """An argument of what looks at code has the wrong type."""


class CodeLanguageError(CocoIndexError, ValueError):
    """Code is to be looked at in a language for which there is no grammar, or that is not said, or said twice."""


class CodeSourceError(CocoIndexError, ValueError):
    """Source code cannot be parsed, or a match is not of the source that is given with it."""


class KeepSeparatorError(CocoIndexError, ValueError):
    """`keep_separator` of a text splitter has an unknown value."""


class SeparatorPatternError(CocoIndexError, ValueError):
    """A separator of a text splitter is no regular expression.

    Args:
        pattern: the separator.
        where: where it was given.
        why: what is wrong with it.
    """

    def __init__(self, pattern: str, where: str, why: str) -> None:
        super().__init__(f"{pattern!r} in {where} is no regular expression: {why}")


class DuplicateLanguageError(CocoIndexError, ValueError):
    """Two custom languages of one text splitter share a name or alias."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is the name or alias of a custom language twice (case does not matter); rename one of them"
        )
