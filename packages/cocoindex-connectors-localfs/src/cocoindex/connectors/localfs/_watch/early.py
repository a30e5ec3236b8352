"""Files that a walk finds in directories that are not watched yet.

Connector layer. Changes of such a file before its directory is watched are not reported. So the file is inspected again
once the directory is watched or gone.
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
        walking: whether a walk is running.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.walking = False
        self._prefixes: dict[str, Identity] = {}
        self._files: dict[str, list[str]] = {}
        self._count = 0
        self._died: set[str] = set()

    def begin(self) -> None:
        """Note that a walk begins; it replaces the results of the previous walk."""
        self.walking = True
        self._prefixes.clear()
        self._files.clear()
        self._died.clear()
        self._count = 0

    def end(self) -> None:
        """Note that the walk has ended; read all pending events first."""
        if (watcher := self._session.watcher) is not None:
            watcher.tell()
        self.walking = False
        # Their directory may have vanished before the one above it was watched, so that no event reported it.
        for files in self._files.values():
            for key in files:
                self._session.dirty.add(key, When.QUIET)

    def entering(self, prefix: str, identity: Identity) -> None:
        """Note that the walk is about to list a directory; called in the thread of the walk."""
        watcher = self._session.watcher
        if watcher is None or not watcher.sees(prefix, identity):
            self._prefixes[prefix] = identity

    def found(self, batch: list[tuple[str, File]]) -> None:
        """Note files that the walk has found."""
        self._session.polls.found(batch)
        if not self._prefixes:
            return
        watcher = self._session.watcher
        for key, _ in batch:
            prefix = key[: key.rfind("/") + 1]
            if (identity := self._prefixes.get(prefix)) is not None:
                if watcher is not None and watcher.sees(prefix, identity):  # watched only after it was listed
                    self._session.dirty.add(key)
                else:
                    self._files.setdefault(prefix, []).append(key)
                    self._count += 1
        if self._count > MOST:
            self.begin()
            self._session.compare(f"more than {MOST} files were found before they were watched")

    def died(self, prefix: str) -> None:
        """Note that a directory was removed; if it was created again, the walk may have listed the new one."""
        if self.walking:
            self._died.add(prefix)

    def watched(self, prefix: str) -> None:
        """Note that a directory is watched from now on."""
        if prefix in self._died:
            self._died.discard(prefix)
            self._session.compare(f"{prefix!r} was created again during the walk")

    def settled(self, key: str) -> None:
        """Schedule the inspection of the files found below a directory that is now watched completely, or gone."""
        for prefix in [prefix for prefix in self._files if prefix.startswith(f"{key}/")]:
            for file in self._files.pop(prefix):
                self._session.dirty.add(file)
