"""Carries out a batch of actions on files and directories; what was done lasts when the call returns.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress

import cocoindex as coco
from cocoindex.errors import FileTargetError

from ._blame import blaming
from ._durable import ChangedDirectories
from ._entry import DirSpec, EntryAction, FileSpec
from ._place import Places, is_within
from ._write import Writes, temporary_path


def apply_entries(context: coco.ContextProvider, actions: Sequence[EntryAction]) -> None:
    """Remove what should not be there, create directories, then write files; sync once for all.

    Raises:
        FileTargetError: (an `OSError`) one of them could not be carried out; the others may or may not have been.
    """
    places = Places(context)
    changes = ChangedDirectories()
    placed = [(path, action) for action in actions if (path := places.path_of(action)) is not None]
    found: dict[str, os.stat_result] = {}
    for path, action in placed:
        with blaming(path):
            if action.spec is not None:
                _check_place(path, action.spec, places)
            there = _make_way(path, action, changes, places)
            if there is not None:
                found[path] = there
    for path, action in placed:
        if isinstance(action.spec, DirSpec):
            with blaming(path):
                _create_directory(path, action.spec, changes)
    files = [(path, action.spec) for path, action in placed if isinstance(action.spec, FileSpec)]
    with Writes(changes, len(files)) as writes:
        for path, spec in files:
            with blaming(path):
                if spec.create_parent_dirs:
                    _create_above(path, changes)
                writes.add(path, spec.content, found.get(path))
        writes.publish()
    changes.sync()


def _check_place(path: str, spec: FileSpec | DirSpec, places: Places) -> None:
    """Refuse what would write into the store, or remove with a directory what nobody means to."""
    if places.is_in_store(path):
        raise FileTargetError(
            errno.EPERM,
            "what is remembered of the app is kept in this folder (its db_path), so that nothing can be declared "
            "there; declare another path, or set another db_path",
            path,
        )
    if isinstance(spec, DirSpec) and _is_precious(path, places):
        raise FileTargetError(
            errno.EPERM,
            "the root, and what holds your home directory or the app's store (its db_path), cannot be a directory "
            "target, since that is removed with everything in it when it is no longer declared; declare a directory of "
            "its own",
            path,
        )


def _make_way(path: str, action: EntryAction, changes: ChangedDirectories, places: Places) -> os.stat_result | None:
    """Remove what an earlier update left there, unless it is to stay; what is of another kind is not ours.

    Returns:
        What is there now.
    """
    try:
        if action.was_file and action.spec is None:
            with suppress(FileNotFoundError):
                os.unlink(temporary_path(path))
        there = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG and action.spec is None:  # what failed to be written for its name
            return None
        raise
    is_directory = stat.S_ISDIR(there.st_mode)
    if is_directory and not isinstance(action.spec, DirSpec):
        if (action.was_directory or _is_left_over(path, action)) and not _is_precious(path, places):
            shutil.rmtree(path)
            changes.note(path)
            return None
    elif not is_directory and action.was_file and not isinstance(action.spec, FileSpec):
        os.unlink(path)
        changes.note(path)
        return None
    return there


def _is_left_over(path: str, action: EntryAction) -> bool:
    """Say whether a file is to be where, in a directory target, only directories stand that once led to others."""
    return action.spec is not None and action.directory != "" and not any(files for _, _, files in os.walk(path))


def _create_directory(path: str, spec: DirSpec, changes: ChangedDirectories) -> None:
    if spec.create_parent_dirs:
        _create_above(path, changes)
    if not os.path.isdir(path):
        os.mkdir(path)
        changes.note(path)


def _create_above(path: str, changes: ChangedDirectories) -> None:
    above = os.path.dirname(path)
    if above != path and not os.path.isdir(above):
        _create_above(above, changes)
        with suppress(FileExistsError):  # another thread was faster
            os.mkdir(above)
        changes.note(above)


def _is_precious(path: str, places: Places) -> bool:
    return is_within(os.path.realpath(os.path.expanduser("~")), path) or places.holds_store(path)
