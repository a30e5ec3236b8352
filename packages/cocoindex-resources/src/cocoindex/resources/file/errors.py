"""Errors that any connector for files may raise. Resources layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class InvalidPatternError(CocoIndexError, ValueError, TypeError):
    """Invalid glob pattern, or the patterns are not a list of str."""


class InvalidFilePathError(CocoIndexError, TypeError):
    """The argument of a file path is not a path, or its base directory is not a `ContextKey`."""


class FileArgumentError(CocoIndexError, TypeError):
    """An option for reading, walking or declaring files has the wrong type."""


class InvalidFileContentError(CocoIndexError, TypeError):
    """The content declared for a file is neither bytes nor text that can be encoded as UTF-8."""
