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
    | getattr(os, "O_NONBLOCK", 0)  # a pipe that took the place of a file would be waited for
    | getattr(os, "O_BINARY", 0)
)


def may_write(action: EntryAction, spec: FileSpec, spot: Spot, there: os.stat_result | None) -> bool:
    """Say whether a file is to be written: not where one is there that is not ours, and just as it should be.

    Args:
        there: what is there, links not followed.

    Raises:
        FileTargetError: (an `OSError`) something is there that is not ours.
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
    """Return what to raise where something is there that is not ours, or is under another name."""
    return FileTargetError(
        errno.EEXIST,
        "it exists, but was not written by this app under this name, and would be lost; remove it, declare another "
        "path, or take it over with adopt=True",
        spot.path,
    )


def is_ours(action: EntryAction, spot: Spot, there: os.stat_result, listed: str | None = None) -> bool:
    """Say whether what is in the place of a file is what an earlier update wrote.

    The records say that it was written, or that it was about to be; in the latter case the content tells, and when it
    was made: one of the same content that was there before we came is somebody else's.

    Args:
        there: what is there, links not followed.
        listed: the path that its directory gives it, where the caller has looked.
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
    """Whether a link, or another spelling, leads to the directory of a file in a directory target."""
    directory = os.path.dirname(spot.path)
    return spot.root.path not in ("", directory) and listed_path(directory) != directory


def _seen(spot: Spot) -> tuple[bytes | None, int | None]:
    """The fingerprint of the content that a file has, None where it cannot be read, and when the file was made."""
    try:
        descriptor = spot.root.open(spot.name, _READ)
    except OSError:
        return None, None
    with open(descriptor, "rb") as file:
        return written(file.read()), identity(descriptor).born
