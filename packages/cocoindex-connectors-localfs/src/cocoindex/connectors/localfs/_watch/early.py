"""Files that a walk finds in directories that are not watched yet.

Connector layer. Changes of such a file before its directory is watched are not reported. So the file is inspected again
once the directory is watched, or gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._file import File
from .changes import Identity
from .dirty import MOST, When

if TYPE_CHECKING:
    from .session import Session


class Early:
    """The early files of the last walk.

    Attributes:
        walking: whether a walk is under way.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.walking = False
        self._prefixes: dict[str, Identity] = {}
        self._files: dict[str, list[str]] = {}
        self._count = 0
        self._died: set[str] = set()

    def begin(self) -> None:
        """A walk begins, which decides what became of the files of the one before."""
        self.walking = True
        self._prefixes.clear()
        self._files.clear()
        self._died.clear()
        self._count = 0

    def end(self) -> None:
        """The walk has ended, and all events so far are told."""
        if (watcher := self._session.watcher) is not None:
            watcher.tell()
        self.walking = False
        # The directory above may have been watched since they were listed, and theirs been gone by then.
        for files in self._files.values():
            for key in files:
                self._session.dirty.add(key, When.QUIET)

    def entering(self, prefix: str, identity: Identity) -> None:
        """The walk is about to list a directory; called in its thread."""
        watcher = self._session.watcher
        if watcher is None or not watcher.sees(prefix, identity):
            self._prefixes[prefix] = identity

    def found(self, batch: list[tuple[str, File]]) -> None:
        """The walk has found these files."""
        self._session.polls.found(batch)
        if not self._prefixes:
            return
        watcher = self._session.watcher
        for key, _ in batch:
            prefix = key[: key.rfind("/") + 1]
            if (identity := self._prefixes.get(prefix)) is not None:
                if watcher is not None and watcher.sees(prefix, identity):  # since it was listed
                    self._session.dirty.add(key)
                else:
                    self._files.setdefault(prefix, []).append(key)
                    self._count += 1
        if self._count > MOST:
            self.begin()
            self._session.compare(f"more than {MOST} files were found before they were watched")

    def died(self, prefix: str) -> None:
        """A directory was removed; if there is another one in its place, the walk may have listed that one."""
        if self.walking:
            self._died.add(prefix)

    def watched(self, prefix: str) -> None:
        """A directory is watched from now on."""
        if prefix in self._died:
            self._died.discard(prefix)
            self._session.compare(f"{prefix!r} was made again while all was walked")

    def settled(self, key: str) -> None:
        """A directory is watched with all below, or there is none: have the files looked at that were found there."""
        for prefix in [prefix for prefix in self._files if prefix.startswith(f"{key}/")]:
            for file in self._files.pop(prefix):
                self._session.dirty.add(file)
