"""The files of a directory, as a live map.

Connector layer.
"""

from __future__ import annotations

import datetime
from collections.abc import AsyncGenerator
from contextlib import aclosing

from cocoindex.connectorkits import SingleWatcherGuard

from .._dir_items import DirItems
from .._file import File
from .session import Session
from .subscriber import Subscriber


class LiveDirItems(DirItems):
    """The files of a walk with their keys, which tells of changes, too.

    Attributes:
        rescan_interval: how often all is watched and walked anew; None for never.
        failure: what the last walk that was begun has failed with.
    """

    __slots__ = ("_guard", "failure", "rescan_interval")

    def __init__(self, items: DirItems, rescan_interval: datetime.timedelta | None) -> None:
        super().__init__(items.path, items.recursive, items.matcher)
        self.rescan_interval = rescan_interval
        self.failure: Exception | None = None
        self._guard = SingleWatcherGuard("walk_dir(live=True).items()")

    async def batches(self) -> AsyncGenerator[list[tuple[str, File]], None]:
        """Yield lists of up to 512 pairs; each takes one hop to a thread."""
        self.failure = None
        try:
            async with aclosing(super().batches()) as batches:
                async for batch in batches:
                    yield batch
        except Exception as error:
            self.failure = error
            raise

    async def watch(self, subscriber: Subscriber) -> None:
        """Have all files walked, then tell of each change, until cancelled.

        Raises:
            AlreadyWatchedError: (a RuntimeError) somebody watches already.
            SourceDirectoryError, UnreadableDirectoryError: from the first walk; later ones are tried again.
        """
        with self._guard:
            await Session(self, subscriber).run()
