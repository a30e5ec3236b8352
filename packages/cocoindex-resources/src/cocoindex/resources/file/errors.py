"""Errors about files that every connector of files may raise. Resources layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class InvalidPatternError(CocoIndexError, ValueError, TypeError):
    """A glob pattern cannot be read, or patterns are no list of texts."""


class InvalidFilePathError(CocoIndexError, TypeError):
    """A file path was made of something that is no path, or its base directory is no `ContextKey`."""


class FileArgumentError(CocoIndexError, TypeError):
    """An option of what reads, walks or declares files is of the wrong kind."""


class InvalidFileContentError(CocoIndexError, TypeError):
    """The content declared for a file is neither bytes nor text that UTF-8 can hold."""
