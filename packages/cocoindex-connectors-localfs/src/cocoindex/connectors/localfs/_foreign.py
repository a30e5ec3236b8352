"""Tells what we wrote from what somebody else did.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Final

from ._entry import EntryAction, FileSpec
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
    if there is None or action.adopts or is_ours(action, spot, there):
        return True
    if stat.S_ISREG(there.st_mode) and there.st_size == len(spec.content):
        record = fingerprint(spot)
        if record == written(spec.content):
            return False
    raise FileTargetError(
        errno.EEXIST,
        "something is there that this app did not write, which would be lost; remove it, declare another path, or take "
        "it over with adopt=True",
        spot.path,
    )


def is_ours(action: EntryAction, spot: Spot, there: os.stat_result) -> bool:
    """Say whether what is in the place of a file is what an earlier update wrote.

    The records say that it was written, or that it was about to be; in the latter case the content tells.
    """
    known = action.known
    if action.found is not None and action.found.written:
        return True
    if not known.ours:
        return False
    if known.certain and spot.trusted and not known.theirs:
        return True
    return stat.S_ISREG(there.st_mode) and fingerprint(spot) in known.ours


def fingerprint(spot: Spot) -> bytes | None:
    """Return the fingerprint of the content that a file has; None where it cannot be read."""
    try:
        descriptor = spot.root.open(spot.name, _READ)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        return written(file.read())
