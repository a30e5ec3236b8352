"""What a walk asks about each directory and file that it meets.

Resources layer.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Protocol


class FilePathMatcher(Protocol):
    """Says which directories a walk enters and which files it yields; paths are relative to where it starts."""

    def is_dir_included(self, path: PurePath) -> bool:
        """Say whether the directory is entered."""
        ...

    def is_file_included(self, path: PurePath) -> bool:
        """Say whether the file is yielded."""
        ...


class MatchAllFilePathMatcher(FilePathMatcher):
    """Enters every directory and yields every file."""

    def is_dir_included(self, path: PurePath) -> bool:
        return True

    def is_file_included(self, path: PurePath) -> bool:
        return True
