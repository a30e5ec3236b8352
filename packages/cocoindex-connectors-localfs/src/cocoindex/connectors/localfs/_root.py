"""An open directory: operations apply to it, even if another one takes its place meanwhile.

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
    """Does to entries below a directory what the functions of `os` do.

    Args:
        path: of the directory; "" takes absolute paths as names.
        hold: whether to hold it open, where the platform can. A link in its place is refused.
    """

    __slots__ = ("_before", "_descriptor", "_prefix", "path")

    def __init__(self, path: str = "", *, hold: bool = False) -> None:
        self.path = path
        self._descriptor: int | None = None
        # What paths begin with, and names where there is no descriptor that they are relative to.
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
        """Which directory it is."""
        return identity(self.path if self._descriptor is None else self._descriptor)

    def at(self, name: str) -> str:
        """Return the path of an entry."""
        return self._prefix + name

    def lstat(self, name: str) -> os.stat_result | None:
        """Return what is there, links not followed; None where nothing is."""
        try:
            return os.stat(self._before + name, dir_fd=self._descriptor, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def open(self, name: str, flags: int, mode: int = 0o666) -> int:
        return os.open(self._before + name, flags, mode, dir_fd=self._descriptor)

    def born(self, name: str) -> int | None:
        """When the directory was made; None where that is not known."""
        descriptor = self.open(name, _LIST)
        try:
            return identity(descriptor).born
        finally:
            os.close(descriptor)

    def names(self, name: str) -> list[tuple[str, bool]]:
        """The entries of a directory: the name of each, and whether it is a directory itself."""
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
