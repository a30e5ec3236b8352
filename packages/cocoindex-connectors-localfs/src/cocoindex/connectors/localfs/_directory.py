"""Creates declared directories, and identifies existing ones.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import Final, Literal

from cocoindex.connectorkits.target import Applied

from ._durable import ChangedDirectories
from ._entry import Directory, DirSpec, EntryAction
from ._listed import listed_path
from ._mark import Identity, identity, now, wait_past
from ._names import to_disk
from ._place import Spot, is_directory, is_link
from ._record import DirRecord, EntryRecord, first
from .errors import FileTargetError

_SAMPLES: Final = 3  # files of a subdirectory to look for


def settle_directory(
    action: EntryAction, spec: DirSpec, spot: Spot, changes: ChangedDirectories
) -> Applied[EntryRecord]:
    """Create a directory unless it exists; return its record, and whether its former contents may be lost.

    Raises:
        FileTargetError: (an `OSError`) the directory created earlier was replaced by a link to another one.
        OSError: it cannot be created.
    """
    there = spot.root.lstat(spot.name)
    changes.since = max(changes.since, spec.since)
    if there is None:
        wait_past(changes.since)
        if spec.create_parent_dirs:
            create_above(spot, changes)
        spot.root.mkdir(spot.name)
        changes.note(spot.path)
        listed = listed_path(spot.path)
        record, lost = DirRecord(spec.since, identity(listed).mark, made=True), bool(action.known.directories)
    elif is_directory(there) or (is_link(there) and os.path.isdir(spot.path)):
        listed = listed_path(spot.path)
        record, lost = _found(action, spec, spot, is_link(there), identity(listed))
        changes.since = max(changes.since, record.since)
    else:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), spot.path)
    assert action.found is not None
    action.found.directory = Directory(listed, (record.mark,), action.adopts, record.made, record.since)
    invalidation: Literal["lossy"] | None = "lossy" if lost else None
    return Applied(record.encode(), invalidation)


def _is_empty(spot: Spot) -> bool:
    with os.scandir(spot.path) as entries:
        return next(entries, None) is None


def _lacks_parts(action: EntryAction, spot: Spot) -> bool:
    """Say whether a subdirectory with files of the app was removed or emptied, going by a few of these files."""
    if action.contents is None:
        return False
    return any(
        all(_is_gone(os.path.join(spot.path, to_disk(name))) for name in samples)
        and any(action.contents.is_applied(name) for name in samples)
        for samples in action.contents.samples("/", _SAMPLES)
    )


def _is_gone(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # it cannot be looked at, which says nothing
        return False
    return False


def create_above(spot: Spot, changes: ChangedDirectories) -> None:
    """Create the missing parent directories of an entry."""
    missing: list[str] = []
    above = os.path.dirname(spot.name)
    while above and spot.root.lstat(above) is None and above not in missing:
        missing.append(above)
        above = os.path.dirname(above)
    if missing:
        wait_past(changes.since)
    for each in reversed(missing):
        with suppress(FileExistsError):  # another thread was faster
            spot.root.mkdir(each)
        changes.note(spot.root.at(each))


def _found(action: EntryAction, spec: DirSpec, spot: Spot, linked: bool, who: Identity) -> tuple[DirRecord, bool]:
    """Return the record of an existing directory, and whether its contents of the last update are lost.

    They are lost if another directory took its place, or if it or a subdirectory was emptied.
    """
    before = action.known.directories
    for record in before:
        if record.mark == who.mark:
            return record._replace(made=record.made or action.adopts), _is_empty(spot) or _lacks_parts(action, spot)
    if any(record.mark for record in before):
        if linked and not any(record.linked for record in before):
            raise FileTargetError(
                errno.ELOOP,
                f"a link to {os.path.realpath(spot.path)!r} replaced the directory that this app created, and "
                "leads to another one; remove the link, or declare the other path",
                spot.path,
            )
        return DirRecord(spec.since, who.mark, made=action.adopts, linked=linked), True
    record = first(before, spec.since, spec.there)._replace(linked=linked)
    if action.adopts or record.is_ours(who.born):
        return record._replace(mark=who.mark, made=True), False
    # Directories that are created in it from now on belong to this app.
    return record._replace(mark=who.mark, since=max(record.since, now()) if not before else record.since), False
