"""The interface of watchers; the rest of live mode is independent of how a system watches directories.

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
    """Receives the events of a watcher, on the thread of the event loop."""

    def changed(self, key: str, when: When, what: What = What.CHANGED) -> None:
        """An entry may have changed."""
        ...

    def compare(self, why: str) -> None:
        """All files must be compared, because it is unknown which of them are gone."""
        ...

    def lost(self, why: str) -> None:
        """Events were lost: everything must be watched again, and compared."""
        ...

    def root_touched(self) -> None:
        """Something has happened to the walked directory itself."""
        ...

    def watched(self, prefix: str) -> None:
        """A directory is watched from now on."""
        ...

    def died(self, prefix: str) -> None:
        """A watched directory was removed."""
        ...

    def failed(self, error: Exception) -> None:
        """A matcher raised."""
        ...


class Entered(NamedTuple):
    """What is in directories that are watched from now on.

    Attributes:
        files: by relative path.
        replaced: those of the directories, with a slash at their ends, that took the place of others as they stood:
            what is not among the files is gone from there.
    """

    files: list[str]
    replaced: list[str]


class Watcher(ABC):
    """Watches the directories that a walk enters; one is used until all is watched anew.

    Attributes:
        area: what is walked.
        silent: directories, by relative path with a slash at its end, that have to be polled with all in them, and why.
    """

    def __init__(self, area: Area) -> None:
        self.area = area
        self.silent: dict[str, str] = {}

    @property
    @abstractmethod
    def identity(self) -> Identity | None:
        """Which directory the root was, as it was begun to be watched; None once that was removed."""

    @abstractmethod
    async def open(self) -> None:
        """Begin to watch; whatever happens from now on is told.

        Raises:
            SourceDirectoryError: there is no directory.
        """

    @abstractmethod
    def close(self) -> None:
        """End it."""

    @abstractmethod
    def arrived(self, key: str, stat: os.stat_result) -> bool:
        """A directory stands there; say whether it has to be listed, as it was not watched so far."""

    @abstractmethod
    def left(self, key: str) -> bool:
        """No directory stands there now; say whether what has happened in one was not told completely."""

    @abstractmethod
    def sees(self, prefix: str, identity: Identity) -> bool:
        """Say whether what happens in this directory is noticed; may be called in any thread."""

    @abstractmethod
    def tell(self) -> None:
        """Tell what has happened so far."""

    @abstractmethod
    def knows(self, key: str) -> bool:
        """Say whether a directory is watched there."""

    @abstractmethod
    async def enter(self, keys: list[str]) -> Entered:
        """Watch these directories and all below; return what is in them."""

    @abstractmethod
    def unseen(self, key: str) -> None:
        """An entry could not be looked at: what has changed there is unknown until its directory can be listed."""

    @abstractmethod
    def is_blind(self) -> bool:
        """Say whether the root itself could not be listed."""

    @abstractmethod
    def follow(self, key: str, is_link: bool) -> None:
        """Watch what a link leads to, or where it is none any more, watch that no longer."""
