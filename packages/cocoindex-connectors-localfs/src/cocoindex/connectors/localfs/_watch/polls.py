"""Polls the directories that cannot be watched.

Connector layer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from .._file import File
from .poll import Poll, Polled

if TYPE_CHECKING:
    from .changes import Watcher
    from .session import Session

INTERVAL: Final = 2.0
"""The pause between two polls in seconds, at least."""

SHARE: Final = 10
"""The pause after a poll is at least this many times the duration of the poll."""


class Polls:
    """One poll for each directory that must be polled, with all its subdirectories."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._polls: dict[str, Poll] = {}
        self._some = asyncio.Event()

    async def begin(self, watcher: Watcher) -> None:
        """Record the state of the directories to poll for a new watcher, so that changes from now on are found."""
        self._polls = {}
        if self._add(watcher):
            await asyncio.get_running_loop().run_in_executor(None, self._look)

    def notice(self, watcher: Watcher) -> None:
        """Begin and end polls as the watcher's `silent` directories change; a new poll finds all its files as new."""
        if len(watcher.silent) != len(self._polls) or watcher.silent.keys() != self._polls.keys():
            for prefix in self._polls.keys() - watcher.silent.keys():
                del self._polls[prefix]
            self._add(watcher)

    def found(self, batch: list[tuple[str, File]]) -> None:
        """Note files that a walk has found."""
        if not self._polls:
            return
        for key, file in batch:
            for poll in self._over(key):
                poll.found(key, file)

    def missed(self, key: str) -> None:
        """Note that a file was missing when it was inspected."""
        if self._polls:
            for poll in self._over(key):
                poll.missed(key)

    async def run(self) -> None:
        """Poll until cancelled."""
        loop = asyncio.get_running_loop()
        took = 0.0
        while True:
            if not self._polls:
                self._some.clear()
                await self._some.wait()
            else:
                await asyncio.sleep(max(INTERVAL, SHARE * took))
            began = loop.time()
            for polled in await loop.run_in_executor(None, self._look):
                for key in polled.changed:
                    self._session.dirty.add(key)
                if polled.removed:
                    self._session.compare("a poll found that files were removed")
            took = loop.time() - began

    def _over(self, key: str) -> Iterator[Poll]:
        """Yield the polls of the directories above a file."""
        while key:
            key = key[: key.rstrip("/").rfind("/") + 1]
            if (poll := self._polls.get(key)) is not None:
                yield poll

    def _add(self, watcher: Watcher) -> bool:
        items = self._session.items
        for prefix in watcher.silent.keys() - self._polls.keys():
            self._polls[prefix] = Poll(watcher.area.root, items.recursive, items.matcher, prefix)
            self._some.set()
        for prefix, why in watcher.silent.items():
            where = f"{prefix!r} in it" if prefix else "it"
            self._session.say(
                f"{where} is not watched but polled every {INTERVAL:g} seconds or more: {why}; other folders in it "
                "may be polled, too",
                why,
            )
        return bool(self._polls)

    def _look(self) -> list[Polled]:
        found = []
        for poll in list(self._polls.values()):
            try:
                found.append(poll.look())
            except OSError:
                continue  # it is gone, which the session notices itself, or a later poll will succeed
        return found
