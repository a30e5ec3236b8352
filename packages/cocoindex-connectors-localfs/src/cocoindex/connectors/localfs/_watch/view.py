"""The files of a directory, as a live map.

Connector layer.
"""

from __future__ import annotations

import datetime
from collections.abc import AsyncGenerator
from contextlib import aclosing

from cocoindex.connectorkits import SingleWatcherGuard

from .._dir_items import DirItems
from .._file import File, WalkedDirectory
from .._overlap import overlaps
from .._walk import Walk
from .early import Early
from .session import Session
from .subscriber import Subscriber


class LiveDirItems(DirItems):
    """The files of a walk with their keys, which also reports changes.

    Attributes:
        rescan_interval: the interval at which everything is watched anew and walked again; None for never.
        failure: the exception of the last walk, if it failed.
        early: holds the files that a walk finds before they are watched; None while nobody watches.
    """

    __slots__ = ("_guard", "early", "failure", "rescan_interval")

    def __init__(self, items: DirItems, rescan_interval: datetime.timedelta | None) -> None:
        super().__init__(items.path, items.recursive, items.matcher)
        self.rescan_interval = rescan_interval
        self.failure: Exception | None = None
        self.early: Early | None = None
        self._guard = SingleWatcherGuard("walk_dir(live=True).items()")

    async def batches(self) -> AsyncGenerator[list[tuple[str, File]], None]:
        """Yield lists of up to 512 pairs; each list takes one switch to a thread."""
        self.failure = None
        try:
            async with aclosing(super().batches()) as batches:
                async for batch in batches:
                    if self.early is not None:
                        self.early.found(batch)
                    yield batch
        except Exception as error:
            self.failure = error
            raise

    def _new_walk(self) -> Walk:
        if self.early is None:
            return super()._new_walk()
        return Walk(WalkedDirectory(self.path), self.recursive, self.matcher, overlaps(), entering=self.early.entering)

    async def watch(self, subscriber: Subscriber) -> None:
        """Walk all files, then report each change to `subscriber`, until cancelled.

        Raises:
            AlreadyWatchedError: (a RuntimeError) somebody watches already.
            SourceDirectoryError: (a NotADirectoryError and a ValueError) the directory does not exist at the first
                walk; later walks that fail are repeated.
            UnreadableDirectoryError: (a PermissionError) parts of the directory could not be listed, in an update that
                ends after the first walk; a live update repeats the walk.
        """
        with self._guard:
            await Session(self, subscriber).run()
