"""Keeps the directories that an app reads apart from those that it writes, within one update.

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
        enters: returns whether the walk enters a directory below it, given by relative path.
    """

    path: str
    enters: Callable[[str], bool]

    def meets(self, target: str) -> bool:
        """Say whether the walk may find files of a directory target, or the target may be told to write its files."""
        return self.holds(self._as_named(target))

    def holds(self, target: str) -> bool:
        """Say the same of a target that has no other name."""
        if is_within(self.path, target):
            return True
        if not is_within(target, self.path):
            return False
        below = from_disk(os.path.relpath(target, self.path)).replace(os.sep, "/").split("/")
        return all(self.enters("/".join(below[:count])) for count in range(1, len(below) + 1))

    def _as_named(self, target: str) -> str:
        """A target by the name of the source, where it is in it, or is above it, by another one.

        Such names are those of a mount, or differ in case where the file system does not care.
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
        """The same where a part of one of them is mounted in another place."""
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
    """Whether two paths that are to name one directory do: what is mounted over the first may hide it."""
    while _identity(other) is None and os.path.basename(path) == os.path.basename(other):
        path, other = os.path.dirname(path), os.path.dirname(other)
    return _identity(path) == _identity(other)


def _upwards(path: str) -> Iterator[str]:
    """A directory, and those above it but for the root."""
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
    """The directories of one update, by their real paths."""

    __slots__ = ("_linked", "sources", "targets")

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.targets: set[str] = set()
        self._linked: set[str] = set()

    def read(self, source: Source) -> None:
        """Take note of a source; raises `TargetInSourceError` where a target is in its way."""
        for target in self.targets:
            if source.meets(target):
                raise _refusal(source.path, target)
        self.sources.append(source)

    def write(self, target: str) -> None:
        """Take note of a target; raises `TargetInSourceError` where a source is in its way."""
        for source in self.sources:
            if source.meets(target):
                raise _refusal(source.path, target)
        self.targets.add(target)

    def entered(self, source: str, directory: str, enters: Callable[[str], bool]) -> None:
        """Take note of a directory to which a link leads a walk.

        Raises:
            TargetInSourceError: (a `ValueError`) it lies in a target, or the walk goes on from it into one.
        """
        linked = Source(os.path.realpath(directory), enters)
        for target in self.targets:
            if linked.holds(target):
                raise _refusal(source, target)
        if not is_within(linked.path, os.path.realpath(source)) and linked.path not in self._linked:
            self._linked.add(linked.path)
            self.sources.append(linked)


def overlaps() -> Overlaps | None:
    """The directories of the update that runs here; None where none does."""
    return update_local(Overlaps, Overlaps)


def note_target(location: Location) -> bool:
    """Take note of a directory target, in the component that declares it; say whether it is there already."""
    try:
        path = os.fspath(as_file_path(location).resolve())
    except CocoIndexError:  # what its base directory is, is not known here; the sink says so
        return False
    return _note(path)


def note_inner_target(provider: coco.TargetStateProvider[Any, Any, Any], name: str) -> bool:
    """Take note of a directory target in another one; say whether it is there already."""
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
