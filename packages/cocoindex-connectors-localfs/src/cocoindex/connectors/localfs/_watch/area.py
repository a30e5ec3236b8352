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
    NOTHING = 2  # nothing that the walk would yield or enter
    UNKNOWN = 3  # it could not be looked at


class Sight(NamedTuple):
    """The state of an entry at a path.

    Attributes:
        key: its path relative to the walked directory.
        stat: of what is there, links followed; None where nothing is.
        is_link: whether it is a symbolic link.
        may_be_file: whether the walk yields a file of this name.
        error: what a matcher raised.
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
        root: where.
        recursive: whether directories in it are entered.
        files, directories: whether a file is yielded, and a directory entered, by relative path.
    """

    root: WalkedDirectory
    recursive: bool
    files: Wanted
    directories: Wanted

    def path(self, key: str) -> str:
        """The path of an entry, as the functions of `os` take it."""
        return self.root.directory + to_disk(key)

    def yields(self, key: str) -> bool:
        """Say whether a file of this name is yielded."""
        return not is_temporary(key.rpartition("/")[2]) and self.files(key)

    def enters(self, key: str) -> bool:
        """Say whether a directory of this name is entered."""
        return self.recursive and self.directories(key)

    def look(self, key: str) -> Sight:
        """Return what stands there now."""
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
        except Exception as error:  # a matcher may do anything
            return Sight(key, Kind.UNKNOWN, error=error)

    def look_at(self, keys: list[str]) -> list[Sight]:
        """Return what stands at each of them."""
        return [self.look(key) for key in keys]


def _stat(path: str) -> tuple[os.stat_result | None, bool, bool]:
    """Return what is there, links followed, whether it is a link, and whether that could be found out."""
    is_link = False
    try:
        found = os.lstat(path)
        is_link = stat.S_ISLNK(found.st_mode)
        return os.stat(path) if is_link else found, is_link, True
    except (FileNotFoundError, NotADirectoryError):
        return None, is_link, True
    except OSError as error:
        return None, is_link, error.errno == errno.ELOOP
