"""One `watch()` of a walked directory: the shared state of its parts.

Connector layer. Each part runs as a task: `Scans` walks the whole directory, `Intake` inspects paths that may have
changed, `Parts` reports directories that were moved away or replaced, `Polls` finds changes that the system does not
report, and `Sentry` checks whether the directory still exists.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from .._file import WalkedDirectory
from .._walk import questions
from .area import Area
from .changes import Watcher
from .dirty import Dirty, What, When
from .early import Early
from .intake import Intake
from .parts import Parts
from .polls import Polls
from .root import Root
from .scans import Scans
from .sentry import Sentry
from .together import together
from .unseen import Unseen
from .watchers import watcher_for

if TYPE_CHECKING:
    from .subscriber import Subscriber
    from .view import LiveDirItems

_log = logging.getLogger(__name__)


class Session:
    """The shared state of the parts.

    Attributes:
        items: the walked files.
        subscriber: receives the changes of the files.
        root: the walked directory.
        dirty: paths to inspect.
        unseen: paths that could not be inspected.
        watcher: watches all directories; None before the first one is open, and while the root is missing.
        opening: held while the watcher is replaced or used.
    """

    def __init__(self, items: LiveDirItems, subscriber: Subscriber) -> None:
        self.items = items
        self.subscriber = subscriber
        self.root = Root(items.path)
        self.dirty = Dirty(self.lost)
        self.unseen = Unseen(self.dirty.add, self.compare)
        self.watcher: Watcher | None = None
        self.opening = asyncio.Lock()
        self.scans = Scans(self)
        self.polls = Polls(self)
        self.sentry = Sentry(self)
        self.early = Early(self)
        self.parts = Parts(self)
        self._said: set[str] = set()
        self._failures: list[Exception] = []

    async def run(self) -> None:
        """Run all parts until cancelled."""
        if not getattr(self.subscriber, "live", True):  # a catch-up update watches nothing
            await self.subscriber.update_all()
            await self.subscriber.mark_ready()
            return
        self.items.early = self.early
        try:
            await together(self.scans.run(), Intake(self).run(), self.polls.run(), self.sentry.run(), self.parts.run())
        finally:
            self.items.early = None
            self.unseen.close()
            self.close()

    async def open(self) -> None:
        """Open a new watcher for all directories, and close the old one; changes from now on are reported.

        Raises:
            SourceDirectoryError: the root is not a directory.
        """
        async with self.opening:
            self.root.begin()
            root = WalkedDirectory(self.items.path)
            area = Area(root, self.items.recursive, *questions(self.items.matcher, root))
            watcher = watcher_for(area, self)
            try:
                await watcher.open()
                await self.polls.begin(watcher)
            except BaseException:
                watcher.close()
                raise
            self.close()
            self.watcher = watcher

    def close(self) -> None:
        """Close the watcher."""
        if self.watcher is not None:
            self.watcher.close()
            self.watcher = None

    def say(self, text: str, once: str = "") -> None:
        """Show a warning to the user, in the log and on the progress display.

        Args:
            text: the warning.
            once: if not empty, a text that identifies the kind of warning; only the first warning of a kind is shown.
        """
        if once in self._said:
            return
        if once:
            self._said.add(once)
        _log.warning("%s: %s", self.root.path, text)
        self.note(text)

    def note(self, text: str) -> None:
        """Show a text on the progress display."""
        if (note := getattr(self.subscriber, "note", None)) is not None:
            note(text)

    # The methods of `Changes`, called by the watcher:

    def changed(self, key: str, when: When, what: What = What.CHANGED) -> None:
        self.dirty.add(key, when, what)

    def compare(self, why: str) -> None:
        self.scans.ask(why)

    def lost(self, why: str) -> None:
        self.dirty.clear()
        self.scans.ask(why, anew=True)

    def root_touched(self) -> None:
        self.sentry.touched.set()
        self.unseen.look_below("")

    def watched(self, prefix: str) -> None:
        self.early.watched(prefix)

    def died(self, prefix: str) -> None:
        self.early.died(prefix)

    def failed(self, error: Exception) -> None:
        self._failures.append(error)

    async def report(self) -> None:
        """Report the exceptions raised by matchers to the subscriber."""
        while self._failures:
            await self.subscriber.report_exception(self._failures.pop(0))
