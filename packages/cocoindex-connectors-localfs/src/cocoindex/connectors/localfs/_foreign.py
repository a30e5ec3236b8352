"""Distinguishes files of this app from those of others.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Final

from ._entry import EntryAction, FileSpec
from ._listed import listed_name, listed_path, named_otherwise
from ._mark import identity, is_since
from ._place import Spot
from ._record import written
from .errors import FileTargetError

_READ: Final = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # else opening a pipe that took the place of a file would block
    | getattr(os, "O_BINARY", 0)
)


def may_write(action: EntryAction, spec: FileSpec, spot: Spot, there: os.stat_result | None) -> bool:
    """Say whether a file must be written; it need not if somebody else's file has the declared content already.

    Args:
        action: the action on the file.
        spec: the declared file.
        spot: its place.
        there: the stat result of the existing entry, links not followed; None if none exists.

    Raises:
        FileTargetError: (an `OSError`) something else exists there that this app did not write.
    """
    if there is None:
        return True
    if (listed := _listed(spot)) != spot.path:
        raise named_otherwise(spot.path, listed)
    if action.adopts or is_ours(action, spot, there, listed):
        return True
    if stat.S_ISREG(there.st_mode) and there.st_size == len(spec.content) and _seen(spot)[0] == written(spec.content):
        return False
    raise foreign(spot)


def foreign(spot: Spot) -> FileTargetError:
    """Return the error for an existing entry that this app did not write, or wrote under another name."""
    return FileTargetError(
        errno.EEXIST,
        "it exists, but was not written by this app under this name, and would be lost; remove it, declare another "
        "path, or take it over with adopt=True",
        spot.path,
    )


def is_ours(action: EntryAction, spot: Spot, there: os.stat_result, listed: str | None = None) -> bool:
    """Say whether an existing file was written by an earlier update of this app.

    The records say that it was written, or that it was about to be written. In the latter case, its content and its
    time of creation decide: a file with the same content that existed before belongs to somebody else.

    Args:
        action: the action on the file.
        spot: its place.
        there: the stat result of the existing entry, links not followed.
        listed: its path as listed by its directory, if the caller knows it.
    """
    known = action.known
    if action.found is not None and action.found.written:
        return True
    if not known.ours:
        return False
    if known.certain and spot.trusted and not known.theirs:
        return True
    if not stat.S_ISREG(there.st_mode) or (listed or _listed(spot)) != spot.path or _is_below_another(spot):
        return False
    fingerprint, born = _seen(spot)
    return fingerprint in known.ours and is_since(born, known.since)


def _listed(spot: Spot) -> str:
    directory, name = os.path.split(spot.path)
    return os.path.join(directory, listed_name(directory, name))


def _is_below_another(spot: Spot) -> bool:
    """Say whether a file's subdirectory of a directory target is reached by a link or by another spelling."""
    directory = os.path.dirname(spot.path)
    return spot.root.path not in ("", directory) and listed_path(directory) != directory


def _seen(spot: Spot) -> tuple[bytes | None, int | None]:
    """Return the fingerprint of a file's content and its time of creation; None for what cannot be read."""
    try:
        descriptor = spot.root.open(spot.name, _READ)
    except OSError:
        return None, None
    with open(descriptor, "rb") as file:
        return written(file.read()), identity(descriptor).born
