"""Converts errors of the operating system to errors that name the file or directory and say what to do.

Connector layer.
"""

from __future__ import annotations

import errno
import os
from types import TracebackType
from typing import Final, Self

from .errors import FileTargetError

_ADVICE: Final = {
    errno.ENOENT: "its parent directory does not exist; create it, or declare with create_parent_dirs=True",
    errno.ENOTDIR: "a part of its path is not a directory; remove that, or declare another path",
    errno.EISDIR: "a directory that was not declared here has that name; remove it, or declare another path",
    errno.EEXIST: "something that was not declared here has that name; remove it, or declare another path",
    errno.EACCES: "this process has no permission to write there; grant it, or declare another path",
    errno.EPERM: "this process has no permission to write there; grant it, or declare another path",
    errno.EROFS: "the file system is read-only; declare a path on another",
    errno.ENOSPC: "the disk is full; free some space, and run the update again if it is not live",
    errno.EDQUOT: "the disk quota is used up; free some space, and run the update again if it is not live",
    errno.ELOOP: "symbolic links in its path form a loop; remove them, or declare another path",
    errno.ENAMETOOLONG: "the name is too long for the file system; declare a shorter one",
}
_OF_DIRECTORY: Final = frozenset({errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT})
"""Errors that concern all files of a directory: others fail with them too, without being tried."""


class blaming:  # used like a function; a context manager made of a generator would take five times as long
    """Convert an `OSError` of the block to a `FileTargetError` that names `path`; the block may set `path`."""

    __slots__ = ("path",)

    def __init__(self, path: str = "") -> None:
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError) and not isinstance(error, FileTargetError):
            raise blamed(error, self.path) from error


def blamed(error: OSError, path: str) -> FileTargetError:
    """Return the `FileTargetError` for an error of the operating system that concerns `path`, or its directory."""
    if error.errno in _OF_DIRECTORY:
        path = os.path.dirname(path)
    advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}; fix this and update again")
    return FileTargetError(error.errno, f"cannot write or remove a target: {advice}", path)
