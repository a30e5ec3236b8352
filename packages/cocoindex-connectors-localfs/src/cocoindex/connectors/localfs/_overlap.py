"""Refuses directories that an app both reads and writes in one update.

Connector layer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.connectorkits.update_local import update_local
from cocoindex.errors import CocoIndexError

from ._entry_handler import EntryHandler
from ._file_path import Location, as_file_path
from ._mount_names import place_of
from ._names import from_disk, to_disk
from ._place import is_within
from .errors import TargetInSourceError


class Source(NamedTuple):
    """A directory that is walked.

    Attributes:
        path: its real path.
        enters: says whether the walk enters a directory below it, given by relative path.
    """

    path: str
    enters: Callable[[str], bool]

    def meets(self, target: str) -> bool:
        """Say whether one of the walked directory and the directory `target` contains the other.

        Directories that the walk does not enter do not count. Other names of the same directory do.
        """
        return self.holds(self._as_named(target))

    def holds(self, target: str) -> bool:
        """Do the same as `meets`, but without regard to other names of `target`."""
        if is_within(self.path, target):
            return True
        if not is_within(target, self.path):
            return False
        below = from_disk(os.path.relpath(target, self.path)).replace(os.sep, "/").split("/")
        return all(self.enters("/".join(below[:count])) for count in range(1, len(below) + 1))

    def _as_named(self, target: str) -> str:
        """Return the path of `target` in terms of the source's path, if it contains the source or lies in it.

        A directory has another name through a mount, or in another case where the file system ignores case.
        """
        if is_within(self.path, target) or is_within(target, self.path):
            return target
        source, itself = _identity(self.path), _identity(target)
        below: list[str] = []
        for above in _upwards(target):
            if source is not None and _identity(above) == source:
                return os.path.join(self.path, *reversed(below))
            below.append(os.path.basename(above))
        for above in _upwards(self.path) if itself is not None else ():
            if _identity(above) == itself:
                return above
        return self._through_mounts(target)

    def _through_mounts(self, target: str) -> str:
        """Do the same as `_as_named` for a part of a file system that is mounted in another place."""
        source, place = place_of(self.path), place_of(target)
        if source is None or place is None or source.device != place.device:
            return target
        if is_within(source.path, place.path):
            return self.path
        if is_within(place.path, source.path):
            named = os.path.normpath(os.path.join(self.path, os.path.relpath(place.path, source.path)))
            return named if _is_the_same(named, target) else target
        return target


def _is_the_same(path: str, other: str) -> bool:
    """Say whether two paths really lead to one directory: another mount may hide the first."""
    while _identity(other) is None and os.path.basename(path) == os.path.basename(other):
        path, other = os.path.dirname(path), os.path.dirname(other)
    return _identity(path) == _identity(other)


def _upwards(path: str) -> Iterator[str]:
    """Yield a directory and those above it, except the root."""
    while (above := os.path.dirname(path)) != path:
        yield path
        path = above


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Overlaps:
    """The directories read and written by one update, by real path."""

    __slots__ = ("_linked", "sources", "targets")

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.targets: set[str] = set()
        self._linked: set[str] = set()

    def read(self, source: Source) -> None:
        """Record a source; raise `TargetInSourceError` if it overlaps with a target."""
        for target in self.targets:
            if source.meets(target):
                raise _refusal(source.path, target)
        self.sources.append(source)

    def write(self, target: str) -> None:
        """Record a target; raise `TargetInSourceError` if it overlaps with a source."""
        for source in self.sources:
            if source.meets(target):
                raise _refusal(source.path, target)
        self.targets.add(target)

    def entered(self, source: str, directory: str, enters: Callable[[str], bool]) -> None:
        """Record a directory that a walk enters through a link.

        Raises:
            TargetInSourceError: (a `ValueError`) it lies in a target, or the walk would enter a target below it.
        """
        linked = Source(os.path.realpath(directory), enters)
        for target in self.targets:
            if linked.holds(target):
                raise _refusal(source, target)
        if not is_within(linked.path, os.path.realpath(source)) and linked.path not in self._linked:
            self._linked.add(linked.path)
            self.sources.append(linked)


def overlaps() -> Overlaps | None:
    """Return the directories of the running update; None outside an update."""
    return update_local(Overlaps, Overlaps)


def note_target(location: Location) -> bool:
    """Record a directory target, in the component that declares it; return whether the directory exists already."""
    try:
        path = os.fspath(as_file_path(location).resolve())
    except CocoIndexError:  # its base directory is unknown here; the sink raises for it
        return False
    return _note(path)


def note_inner_target(provider: coco.TargetStateProvider[Any, Any, Any], name: str) -> bool:
    """Record a directory target in another directory target; return whether the directory exists already."""
    handler = provider.handler() if provider.is_resolved() else None
    if not isinstance(handler, EntryHandler) or not handler.within or not handler.within.path:
        return False
    return _note(os.path.realpath(os.path.join(handler.within.path, to_disk(name))))


def _note(path: str) -> bool:
    known = overlaps()
    if known is not None:
        known.write(path)
    return os.path.lexists(path)


def _refusal(source: str, target: str) -> TargetInSourceError:
    relation = "is also" if source == target else "lies in" if is_within(target, source) else "holds"
    if relation == "holds" and not is_within(source, target):
        relation = "is, lies in or holds, by another name of it,"
    return TargetInSourceError(
        f"the directory target {target!r} {relation} the directory {shown(source)} that this app reads: what it writes "
        "would be read again. Write to another directory, or leave this one out of the walk with "
        "path_matcher=PatternFilePathMatcher(excluded_patterns=[...])"
    )
