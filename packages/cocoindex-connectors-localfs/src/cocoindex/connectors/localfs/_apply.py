"""Applies a batch of actions on files and directories; the changes are durable when the call returns.

Connector layer; runs in a thread. Removals come first, so that their names are free for new entries.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence

import cocoindex as coco
from cocoindex.connectorkits.target import Applied

from ._blame import blamed, blaming
from ._clear import clear_file, make_way, remove_directory
from ._conflicts import refuse_conflicts
from ._directory import create_above, settle_directory
from ._durable import ChangedDirectories
from ._entry import DirSpec, EntryAction, FileSpec
from ._foreign import may_write
from ._mark import wait_past
from ._place import Places, Spot
from ._record import EntryRecord, found
from ._write import Writes
from .errors import FileTargetError

_Placed = tuple[int, EntryAction, Spot]


def apply_entries(context: coco.ContextProvider, actions: Sequence[EntryAction]) -> dict[int, Applied[EntryRecord]]:
    """Remove obsolete entries, create directories, then write files; sync all changes together.

    Returns:
        By index of the action, a record to store: the identity of each directory, of the directory that a file was
        written to, and a note for each file that existed already with the declared content.

    Raises:
        FileTargetError: (an `OSError`) an action failed; the other actions may or may not have been applied.
    """
    changes = ChangedDirectories()
    with Places(context) as places:
        placed = list(_placed(places, actions))
        refuse_conflicts([(spot.path, action.spec) for _, action, spot in placed])
        _clear(placed, places, changes)
        reports = _make_directories(placed, changes)
        reports |= _write_files(placed, places, changes)
    changes.sync()
    return reports


def _placed(places: Places, actions: Sequence[EntryAction]) -> Iterator[_Placed]:
    for at, action in enumerate(actions):
        try:
            spot = places.spot_of(action)
            if spot is not None and action.spec is not None:
                _check_place(spot.path, action.spec, places)
        except FileTargetError:
            raise
        except OSError as error:
            raise blamed(error, places.path_of(action)) from error
        if spot is not None:
            yield at, action, spot


def _check_place(path: str, spec: FileSpec | DirSpec, places: Places) -> None:
    """Refuse entries in the app's store; and as a directory target, the root or one around the home or the store."""
    if places.is_in_store(path, is_directory=isinstance(spec, DirSpec)):
        raise FileTargetError(
            errno.EPERM,
            "this folder is the store of the app (its db_path), and nothing can be declared "
            "in it; declare another path, or set another db_path",
            path,
        )
    if isinstance(spec, DirSpec) and places.is_precious(path):
        raise FileTargetError(
            errno.EPERM,
            "the root, or a directory that contains your home directory or the app's store (its db_path), cannot be a "
            "directory target; declare a separate directory",
            path,
        )


def _clear(placed: Sequence[_Placed], places: Places, changes: ChangedDirectories) -> None:
    """Remove entries of earlier updates that are no longer declared: files, then directories, the deepest first."""
    directories: list[tuple[EntryAction, Spot]] = []
    with blaming() as about:
        for _, action, spot in placed:
            about.path = spot.path
            if not isinstance(action.spec, FileSpec):
                clear_file(action, spot, changes)
            is_container = action.known.directories and not isinstance(action.spec, DirSpec)
            if is_container and not places.is_precious(spot.path):
                directories.append((action, spot))
    for action, spot in sorted(directories, key=lambda each: each[1].path.count(os.sep), reverse=True):
        with blaming(spot.path):
            remove_directory(action, spot, changes)


def _make_directories(placed: Sequence[_Placed], changes: ChangedDirectories) -> dict[int, Applied[EntryRecord]]:
    reports: dict[int, Applied[EntryRecord]] = {}
    for at, action, spot in placed:
        if isinstance(action.spec, DirSpec):
            with blaming(spot.path):
                reports[at] = settle_directory(action, action.spec, spot, changes)
    wait_past(changes.since)  # later calls create directories in these, too
    return reports


def _write_files(
    placed: Sequence[_Placed], places: Places, changes: ChangedDirectories
) -> dict[int, Applied[EntryRecord]]:
    reports: dict[int, Applied[EntryRecord]] = {}
    written: list[_Placed] = []
    files = [(at, action, spot) for at, action, spot in placed if isinstance(action.spec, FileSpec)]
    with Writes(changes, len(files)) as writes:
        for at, action, spot in files:
            assert isinstance(action.spec, FileSpec)
            with blaming(spot.path):
                places.check_directory(spot)
                there = make_way(action, spot, changes)
                if there is None and action.spec.create_parent_dirs:
                    create_above(spot, changes)
                    places.check_directory(spot)
                if not may_write(action, action.spec, spot, there):
                    reports[at] = Applied(found(action.spec.content))
                    continue
                writes.add(spot, action.spec.content, there, again=action.known.interrupted, found=action.found)
                written.append((at, action, spot))
        writes.publish()
    for at, action, spot in written:
        record = action.record(places.mark_above(action, spot))
        if record != action.record():
            reports[at] = Applied(record)
    return reports
