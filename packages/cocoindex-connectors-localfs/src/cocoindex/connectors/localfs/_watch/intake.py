"""Inspects paths that may have changed, and passes their current state to the subscriber.

Connector layer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .._file import File, walked_file
from .area import Kind, Sight
from .dirty import What

if TYPE_CHECKING:
    from .changes import Watcher
    from .session import Session

BATCH: Final = 256
"""The number of paths to inspect together, at most."""

INLINE: Final = 32
"""Up to this many paths are inspected on the event loop's thread, more in another thread.

Inspecting so few costs less than switching threads: what has just changed is in the system's cache.
"""


@dataclass(slots=True)
class _Found:
    updates: list[tuple[str, File]] = field(default_factory=list)
    deletes: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # directories that were moved away with their contents
    directories: list[str] = field(default_factory=list)
    # Directories that replaced others, by prefix, with all files in them.
    replaced: list[tuple[str, list[tuple[str, File]]]] = field(default_factory=list)


class Intake:
    """Inspects the dirty paths for as long as the session runs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def run(self) -> None:
        session = self._session
        while True:
            batch = await session.dirty.take(BATCH)
            async with session.opening:
                watcher = session.watcher
                if watcher is None or not batch:
                    continue
                found = await self._look(watcher, batch)
                if found.directories:
                    await self._enter(watcher, found)
                session.polls.notice(watcher)
            await session.report()
            if found.updates or found.deletes or found.gone or found.replaced:
                if (lag := getattr(session.subscriber, "lag", None)) is not None:
                    lag(max(age for _, age in batch.values()))
                await self._tell(found)

    async def _look(self, watcher: Watcher, batch: dict[str, tuple[What, float]]) -> _Found:
        keys = list(batch)
        if len(keys) > INLINE or watcher.silent:
            sights = await asyncio.get_running_loop().run_in_executor(None, watcher.area.look_at, keys)
        else:
            sights = watcher.area.look_at(keys)
        found = _Found()
        if any(sight.kind is not Kind.FILE for sight in sights) and not await self._is_there(watcher):
            return found
        for sight in sights:
            self._take(watcher, sight, batch[sight.key][0], found)
        return found

    async def _enter(self, watcher: Watcher, found: _Found) -> None:
        """Watch directories that were not watched so far.

        The files in them become dirty. If the directory replaced another one, its files are reported together instead.
        """
        session = self._session
        entered = await watcher.enter(found.directories)
        outermost = [
            prefix
            for prefix in entered.replaced
            if not any(prefix != other and prefix.startswith(other) for other in entered.replaced)
        ]
        for prefix in outermost:
            keys = [key for key in entered.files if key.startswith(prefix)]
            sights = await asyncio.get_running_loop().run_in_executor(None, watcher.area.look_at, keys)
            if any(sight.kind is Kind.UNKNOWN for sight in sights):
                session.compare(f"{prefix!r} is another directory, and an entry in it cannot be inspected")
                continue
            found.replaced.append(
                (
                    prefix,
                    [
                        (sight.key, walked_file(watcher.area.root, sight.key, sight.stat))
                        for sight in sights
                        if sight.kind is Kind.FILE
                    ],
                )
            )
        for key in entered.files:
            if not any(key.startswith(prefix) for prefix, _ in found.replaced):
                session.dirty.add(key)
        for key in found.directories:
            session.early.settled(key)
        if found.replaced and not await self._is_there(watcher):
            found.replaced.clear()  # everything is walked again once the root is back

    async def _is_there(self, watcher: Watcher) -> bool:
        """Say whether the root is still the watched directory; if not, missing files do not count as removed."""
        return await self._session.sentry.look() and self._session.watcher is watcher

    def _take(self, watcher: Watcher, sight: Sight, what: What, found: _Found) -> None:
        key = sight.key
        if sight.error is not None:
            self._session.failed(sight.error)
        if sight.kind is Kind.UNKNOWN:
            watcher.unseen(key)
            if sight.error is None:
                self._session.unseen.add(key, what)
            return
        was_directory = watcher.knows(key)
        if sight.kind is Kind.DIRECTORY:
            assert sight.stat is not None
            self._session.unseen.look_below(f"{key}/")
            if What.TREE_GONE in what:
                watcher.left(key)
                self._session.compare(f"the directory {key!r} was taken away, and is there again")
            if watcher.arrived(key, sight.stat):
                found.directories.append(key)
        else:
            self._session.early.settled(key)
            if watcher.left(key) or What.TREE_GONE in what:
                found.gone.append(key)
        watcher.follow(key, sight.is_link)
        if sight.kind is Kind.FILE:
            found.updates.append((key, walked_file(watcher.area.root, key, sight.stat)))
        elif sight.may_be_file and (What.FILE_GONE in what or not (was_directory or is_new_directory(sight))):
            found.deletes.append(key)
            self._session.polls.missed(key)

    async def _tell(self, found: _Found) -> None:
        subscriber = self._session.subscriber
        for key in found.gone:
            await self._session.parts.gone(key)
        many = getattr(subscriber, "update_many", None)
        if many is not None and len(found.updates) > 1:
            await many(found.updates)
        else:
            for key, file in found.updates:
                await subscriber.update(key, file)
        for key in found.deletes:
            await subscriber.delete(key)
        for prefix, files in found.replaced:  # last: they were listed after all other paths were inspected
            await self._session.parts.replaced(prefix, files)


def is_new_directory(sight: Sight) -> bool:
    """Say whether this is a directory that cannot have replaced a file without a delete event.

    Only a link can replace a file in one step; a real directory needs the file to be removed first.
    """
    return sight.kind is Kind.DIRECTORY and not sight.is_link
