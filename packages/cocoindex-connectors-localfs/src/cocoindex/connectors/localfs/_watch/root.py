"""Checks whether the walked directory exists, and identifies it.

Connector layer.
"""

from __future__ import annotations

import os
import stat

from .._file_path import FilePath, located
from .changes import Identity
from .mounts import is_mount_point


class Root:
    """The walked path, with links not resolved, so that a link that changes its target is noticed.

    Args:
        path: path of the directory; its base directory, if any, is looked up now.
    """

    def __init__(self, path: FilePath) -> None:
        self.path = os.path.abspath(located(path))
        self._mounted = False

    def begin(self) -> None:
        """Remember whether a file system is mounted there: once unmounted, the empty mount point is not the root."""
        try:
            self._mounted = is_mount_point(self.path, os.stat(self.path))
        except OSError:
            self._mounted = False

    def identity(self) -> Identity | None:
        """Return the identity of the directory; None if there is none, or if its file system was unmounted."""
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        if not stat.S_ISDIR(found.st_mode) or (self._mounted and not is_mount_point(self.path, found)):
            return None
        return found.st_dev, found.st_ino
