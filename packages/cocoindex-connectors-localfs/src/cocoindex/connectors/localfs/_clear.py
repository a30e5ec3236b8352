"""Removes entries of earlier updates: files of this app, and empty directories that it created.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from ._durable import ChangedDirectories
from ._entry import Directory, EntryAction
from ._foreign import is_ours
from ._mark import identity
from ._names import temporary_name
from ._place import Spot, is_directory
from ._record import first
from ._root import Root

_NOT_EMPTY = frozenset({errno.ENOTEMPTY, errno.EEXIST})


def clear_file(action: EntryAction, spot: Spot, changes: ChangedDirectories) -> None:
    """Remove the file that an earlier update wrote, and its parent directories of this app if they are empty then."""
    if not action.known.ours:
        return
    if action.known.interrupted:
        _clear_temporary(spot)
    there = _there(spot)
    if there is not None and stat.S_ISREG(there.st_mode) and is_ours(action, spot, there):
        spot.root.unlink(spot.name)
        changes.note(spot.path)
    if action.within is not None and spot.trusted and action.spec is None:
        _clear_above(action.within, spot, changes)


def remove_directory(action: EntryAction, spot: Spot, changes: ChangedDirectories) -> None:
    """Remove a directory that the app created, unless it contains files."""
    if not is_directory(_there(spot)):  # the app never created a link, whatever its target
        return
    who = identity(spot.path)
    before = action.known.directories
    record = next((each for each in before if each.mark == who.mark), None)
    if record is None and all(each.mark for each in before):
        return  # another directory took its place
    if (record or first(before, 0, False)).is_ours(who.born if record is None else None):
        _clear_empty(spot.root, spot.name, changes)
        if action.within is not None and spot.trusted:
            _clear_above(action.within, spot, changes)


def make_way(action: EntryAction, spot: Spot, changes: ChangedDirectories) -> os.stat_result | None:
    """Remove a directory of this app that contains no files from the place of a file.

    Returns:
        The stat result of the entry that exists there now; None if none does.

    Raises:
        IsADirectoryError: another directory is there.
    """
    there = spot.root.lstat(spot.name)
    if is_directory(there):
        within = action.within
        if within is not None and spot.trusted and within.is_ours(spot.root.born(spot.name)):
            _clear_empty(spot.root, spot.name, changes)
            there = spot.root.lstat(spot.name)
        if is_directory(there):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), spot.path)
    return there


def _there(spot: Spot) -> os.stat_result | None:
    try:
        return spot.root.lstat(spot.name)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # it could never be written
            return None
        raise


def _clear_temporary(spot: Spot) -> None:
    above, name = os.path.split(spot.name)
    with suppress(OSError):
        spot.root.unlink(os.path.join(above, temporary_name(name)))


def _clear_above(directory: Directory, spot: Spot, changes: ChangedDirectories) -> None:
    above = spot.name.rpartition(os.sep)[0]
    while above:
        try:
            if not directory.is_ours(spot.root.born(above)):
                return
            spot.root.rmdir(above)
        except FileNotFoundError:
            pass
        except OSError:  # it is not empty, or a link
            return
        else:
            changes.note(spot.root.at(above))
        above = above.rpartition(os.sep)[0]


def _clear_empty(root: Root, name: str, changes: ChangedDirectories) -> None:
    """Remove a directory if it contains nothing but directories; else change nothing."""
    found = [name]
    for each in found:
        for entry, is_dir in root.names(each):
            if not is_dir:
                return
            found.append(os.path.join(each, entry))
    try:
        for each in reversed(found):
            root.rmdir(each)
    except OSError as error:
        if error.errno not in _NOT_EMPTY:
            raise
    else:
        changes.note(root.at(name))
