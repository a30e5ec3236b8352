"""Errors of the code operations, all derived from `cocoindex.errors.CocoIndexError`. Ops layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError

from ..text.errors import CodeArgumentError as CodeArgumentError
from ..text.errors import CodeLanguageError as CodeLanguageError
from ..text.errors import CodeSourceError as CodeSourceError


class CodePatternError(CocoIndexError, ValueError):
    """Invalid syntax in a code pattern."""
