"""Converts errors of the operating system to errors that name the file or directory, and say what to do.

Connector layer.
"""

from __future__ import annotations

import errno
from types import TracebackType
from typing import Final, Self

from .errors import FileTargetError

_ADVICE: Final = {
    errno.ENOENT: "the directory that it lies in does not exist; create it, or declare with create_parent_dirs=True",
    errno.ENOTDIR: "something on the way to it is no directory; remove that, or declare another path",
    errno.EISDIR: "a directory that was not declared here has that name; remove it, or declare another path",
    errno.EEXIST: "something that was not declared here has that name; remove it, or declare another path",
    errno.EACCES: "this process must not write there; allow it, or declare another path",
    errno.EPERM: "this process must not write there; allow it, or declare another path",
    errno.EROFS: "the file system is read-only; declare a path on another",
    errno.ENOSPC: "the disk is full; free some space, and update again where the update is not live",
    errno.EDQUOT: "the quota of the disk is used up; free some space, and update again where the update is not live",
    errno.ELOOP: "links on the way to it lead in a circle; remove them, or declare another path",
    errno.ENAMETOOLONG: "the file system takes no name of that length; declare a shorter one",
}


class blaming:  # used like a function; a generator would cost five times as much
    """Turn an `OSError` of the block into a `FileTargetError` that names `path`, which the block may change."""

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
    """Return what to raise for an error of the operating system that is about `path`."""
    advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}; update again when that is mended")
    return FileTargetError(error.errno, f"cannot write or remove a target: {advice}", path)
