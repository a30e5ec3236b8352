"""An open directory: operations apply to it, even if another directory takes its place meanwhile.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os
from typing import Final

from ._mark import Identity, identity

_CAN_HOLD: Final = {os.open, os.stat, os.mkdir, os.rmdir, os.unlink, os.rename} <= os.supports_dir_fd
_HOLD: Final = (
    getattr(os, "O_PATH", os.O_RDONLY)
    | getattr(os, "O_DIRECTORY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
_LIST: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Root:
    """Provides functions of `os` for the entries below a directory.

    Args:
        path: path of the directory; with "", the names of entries are absolute paths.
        hold: whether to hold the directory open, if the platform supports that; a link at `path` is refused then.
    """

    __slots__ = ("_before", "_descriptor", "_prefix", "path")

    def __init__(self, path: str = "", *, hold: bool = False) -> None:
        self.path = path
        self._descriptor: int | None = None
        # `_prefix` begins the paths of entries; `_before` is put before names in calls, empty if there is a descriptor.
        self._prefix = self._before = os.path.join(path, "")
        if hold and _CAN_HOLD:
            self._descriptor = os.open(path, _HOLD)
            self._before = ""
        elif hold and os.path.islink(path):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._before = self._prefix

    def identity(self) -> Identity:
        """Return the identity of the directory."""
        return identity(self.path if self._descriptor is None else self._descriptor)

    def at(self, name: str) -> str:
        """Return the absolute path of an entry."""
        return self._prefix + name

    def lstat(self, name: str) -> os.stat_result | None:
        """Return the stat result of an entry, links not followed; None if it does not exist."""
        try:
            return os.stat(self._before + name, dir_fd=self._descriptor, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def open(self, name: str, flags: int, mode: int = 0o666) -> int:
        return os.open(self._before + name, flags, mode, dir_fd=self._descriptor)

    def born(self, name: str) -> int | None:
        """Return when a directory was created, in nanoseconds since 1970; None if that is unknown."""
        descriptor = self.open(name, _LIST)
        try:
            return identity(descriptor).born
        finally:
            os.close(descriptor)

    def names(self, name: str) -> list[tuple[str, bool]]:
        """Return the entries of a directory: the name of each, and whether it is a directory itself."""
        if self._descriptor is None:
            with os.scandir(self._before + name) as entries:
                return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        descriptor = self.open(name, _LIST)
        try:
            with os.scandir(descriptor) as entries:
                return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        finally:
            os.close(descriptor)

    def mkdir(self, name: str) -> None:
        os.mkdir(self._before + name, dir_fd=self._descriptor)

    def rmdir(self, name: str) -> None:
        os.rmdir(self._before + name, dir_fd=self._descriptor)

    def unlink(self, name: str) -> None:
        os.unlink(self._before + name, dir_fd=self._descriptor)

    def replace(self, old: str, new: str) -> None:
        os.replace(self._before + old, self._before + new, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
