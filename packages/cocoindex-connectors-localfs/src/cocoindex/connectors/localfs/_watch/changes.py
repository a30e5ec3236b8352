"""The interface of watchers, which hides how an operating system watches directories from the rest of live mode.

Connector layer.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import NamedTuple, Protocol

from .area import Area
from .dirty import What, When

Identity = tuple[int, int]


class Changes(Protocol):
    """Receives the events of a watcher, on the event loop's thread."""

    def changed(self, key: str, when: When, what: What = What.CHANGED) -> None:
        """Note that an entry may have changed."""
        ...

    def compare(self, why: str) -> None:
        """Request a walk of all files, because it is unknown which of them are gone."""
        ...

    def lost(self, why: str) -> None:
        """Request that everything is watched again and walked, because events were lost."""
        ...

    def root_touched(self) -> None:
        """Note an event of the walked directory itself."""
        ...

    def watched(self, prefix: str) -> None:
        """Note that a directory is watched from now on."""
        ...

    def died(self, prefix: str) -> None:
        """Note that a watched directory was removed."""
        ...

    def failed(self, error: Exception) -> None:
        """Note an exception raised by a matcher."""
        ...


class Entered(NamedTuple):
    """The contents of directories that are watched from now on.

    Attributes:
        files: relative paths of the files.
        replaced: prefixes of the directories that replaced others with their contents: files that were known there and
            are not in `files` are gone.
    """

    files: list[str]
    replaced: list[str]


class Watcher(ABC):
    """Watches the directories that a walk enters; a new one is opened whenever everything is watched again.

    A `key` is a relative path; a `prefix` is the relative path of a directory with a slash at its end, or an empty
    string for the root.

    Attributes:
        area: the walked part of the directory.
        silent: directories that must be polled, with all their subdirectories: prefix to reason.
    """

    def __init__(self, area: Area) -> None:
        self.area = area
        self.silent: dict[str, str] = {}

    @property
    @abstractmethod
    def identity(self) -> Identity | None:
        """The identity of the watched root; None once it was removed."""

    @abstractmethod
    async def open(self) -> None:
        """Begin to watch; changes from now on are reported.

        Raises:
            SourceDirectoryError: the root is not a directory.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop watching."""

    @abstractmethod
    def arrived(self, key: str, stat: os.stat_result) -> bool:
        """Note that a directory exists at `key`; return whether it must be listed, as it is not watched yet."""

    @abstractmethod
    def left(self, key: str) -> bool:
        """Note that no directory exists at `key`; return whether one was there, with changes that were not reported."""

    @abstractmethod
    def sees(self, prefix: str, identity: Identity) -> bool:
        """Say whether changes in this directory are noticed; may be called in any thread."""

    @abstractmethod
    def tell(self) -> None:
        """Report the changes that have happened so far."""

    @abstractmethod
    def knows(self, key: str) -> bool:
        """Say whether a directory is watched at `key`."""

    @abstractmethod
    async def enter(self, keys: list[str]) -> Entered:
        """Watch these directories and all their subdirectories; return their contents."""

    @abstractmethod
    def unseen(self, key: str) -> None:
        """Note that an entry could not be inspected: its changes are unknown until its directory can be listed."""

    @abstractmethod
    def is_blind(self) -> bool:
        """Say whether the root itself could not be listed."""

    @abstractmethod
    def follow(self, key: str, is_link: bool) -> None:
        """Watch the target of the link at `key`; if there is no link any more, stop watching its old target."""
