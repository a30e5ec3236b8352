"""Polls a directory whose changes are not reported: compares its files with their previous state.

Connector layer; runs in a thread.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

from cocoindex.resources.file import FilePathMatcher

from .._file import File, WalkedDirectory
from .._walk import Walk
from ..errors import UnreadableDirectoryError


class Polled(NamedTuple):
    """The result of a poll.

    Attributes:
        changed: relative paths of files that are new, or have another modification time or size.
        removed: whether files are gone; which ones is not known.
    """

    changed: list[str]
    removed: bool


class Poll:
    """The last known state of the files in one directory and its subdirectories; it takes 16 bytes for each file.

    Args:
        root: the walked directory.
        recursive, matcher: as in `Walk`.
        prefix: relative path of the directory to poll, with a slash at its end; empty for the root.
    """

    def __init__(self, root: WalkedDirectory, recursive: bool, matcher: FilePathMatcher | None, prefix: str) -> None:
        self._root = root
        self._recursive = recursive
        self._matcher = matcher
        self._prefix = prefix
        self._names = array("q")
        self._looks = array("q")
        self._walked: dict[int, int] = {}
        self._missed: set[int] = set()

    def found(self, key: str, file: File) -> None:
        """Note a file found by a walk since the last poll: if it is gone at the next poll, it counts as removed."""
        self._walked[hash(key)] = hash(file.looks())

    def missed(self, key: str) -> None:
        """Note a file that was missing when inspected: if it exists at the next poll, it counts as new."""
        self._missed.add(hash(key))

    def look(self) -> Polled:
        """Return what has changed since the last poll; the first time, all files count as changed.

        Raises:
            SourceDirectoryError: the root, or the directory, is gone.
        """
        walked, self._walked = self._walked, {}
        missed, self._missed = self._missed, set()
        before = walked | dict(zip(self._names, self._looks, strict=True))
        for name in missed:
            before.pop(name, None)
        after: dict[int, int] = {}
        changed: list[str] = []
        complete = True
        try:
            for batch in Walk(self._root, self._recursive, self._matcher, part=self._prefix).batches():
                for key, file in batch:
                    name, looks = hash(key), hash(file.looks())
                    after[name] = looks
                    if before.pop(name, None) != looks:
                        changed.append(key)
        except UnreadableDirectoryError:
            complete = False
            after |= before
        self._names = array("q", after.keys())
        self._looks = array("q", after.values())
        return Polled(changed, complete and bool(before))
