"""The walked part of a directory, and the current state of paths in it.

Connector layer; may run in a thread.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from .._file import WalkedDirectory
from .._names import is_temporary, to_disk

Wanted = Callable[[str], bool]


class Kind(Enum):
    """The kind of entry at a path."""

    FILE = 0
    DIRECTORY = 1
    NOTHING = 2  # nothing, or an entry that the walk neither yields nor enters
    UNKNOWN = 3  # it could not be inspected


class Sight(NamedTuple):
    """The state of an entry at a path.

    Attributes:
        key: its path relative to the walked directory.
        kind: the kind of the entry.
        stat: its `os.stat` result, links followed; None if nothing exists there, or it is unknown.
        is_link: whether it is a symbolic link.
        may_be_file: whether the walk would yield a file of this name.
        error: the exception raised by a matcher.
    """

    key: str
    kind: Kind
    stat: os.stat_result | None = None
    is_link: bool = False
    may_be_file: bool = False
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """The walked part of a directory.

    Attributes:
        root: the walked directory.
        recursive: whether subdirectories are entered.
        files: returns whether a file is yielded, by its relative path.
        directories: returns whether a directory is entered, by its relative path.
    """

    root: WalkedDirectory
    recursive: bool
    files: Wanted
    directories: Wanted

    def path(self, key: str) -> str:
        """Return the absolute path of an entry, in the form that the functions of `os` take."""
        return self.root.directory + to_disk(key)

    def yields(self, key: str) -> bool:
        """Say whether a file of this name is yielded."""
        return not is_temporary(key.rpartition("/")[2]) and self.files(key)

    def enters(self, key: str) -> bool:
        """Say whether a directory of this name is entered."""
        return self.recursive and self.directories(key)

    def look(self, key: str) -> Sight:
        """Return the current state of an entry."""
        try:
            may_be_file = self.yields(key)
            found, is_link, known = _stat(self.path(key))
            if not known:
                return Sight(key, Kind.UNKNOWN, None, is_link, may_be_file)
            if found is None:
                kind = Kind.NOTHING
            elif stat.S_ISDIR(found.st_mode):
                kind = Kind.DIRECTORY if self.enters(key) else Kind.NOTHING
            else:
                kind = Kind.FILE if may_be_file and stat.S_ISREG(found.st_mode) else Kind.NOTHING
            return Sight(key, kind, found, is_link, may_be_file)
        except Exception as error:  # a matcher is user code and may raise anything
            return Sight(key, Kind.UNKNOWN, error=error)

    def look_at(self, keys: list[str]) -> list[Sight]:
        """Return the current state of each entry."""
        return [self.look(key) for key in keys]


def _stat(path: str) -> tuple[os.stat_result | None, bool, bool]:
    """Return the stat result of a path, links followed; whether it is a link; and whether both are known."""
    is_link = False
    try:
        found = os.lstat(path)
        is_link = stat.S_ISLNK(found.st_mode)
        return os.stat(path) if is_link else found, is_link, True
    except (FileNotFoundError, NotADirectoryError):
        return None, is_link, True
    except OSError as error:
        return None, is_link, error.errno == errno.ELOOP
