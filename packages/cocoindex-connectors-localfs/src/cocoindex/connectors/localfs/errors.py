"""Errors of the localfs connector, all derived from `cocoindex.errors.CocoIndexError`. Connector layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError, ContainerLostError


class SourceDirectoryError(CocoIndexError, NotADirectoryError, ValueError):
    """The directory to walk does not exist, or is not a directory."""


class UnreadableDirectoryError(CocoIndexError, PermissionError):
    """Parts of a walked directory could not be listed, so that it is unknown which files there are gone."""


class SourceFileMissingError(CocoIndexError, FileNotFoundError):
    """A file that the walk found no longer exists."""


class SourceFileUnreadableError(CocoIndexError, PermissionError):
    """This process has no permission to read a file that the walk found."""


class SourceFileKindError(CocoIndexError, OSError):
    """The path to read is not a regular file but a directory, a pipe, a socket or a device."""


class InvalidFileTargetError(CocoIndexError, ValueError):
    """The name of a file or directory target cannot be used, or leads out of its base directory."""


class TargetInSourceError(CocoIndexError, ValueError):
    """A directory target lies in, or around, a directory that the same app walks."""


class FileTargetError(CocoIndexError, OSError):
    """A file or directory target could not be written or removed."""


class DirTargetLostError(FileTargetError, ContainerLostError):
    """A directory target was removed or replaced after this update created or found it."""
