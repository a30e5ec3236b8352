"""Watches the directories of one walk with inotify.

Connector layer; Linux only. Directories are watched, then listed, in a thread; the rest is done on the event loop.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

from .._names import from_disk
from . import inotify
from .area import Area
from .changes import Changes, Entered, Identity, Watcher
from .dirty import What, When
from .hub import HUB, ClosedError
from .link import Link
from .node import Node
from .scout import Branch, Scout


class Tree(Watcher):
    """Watches the directories that a walk enters.

    Args:
        area: the walked part of the directory.
        changes: receives the changes.
    """

    def __init__(self, area: Area, changes: Changes) -> None:
        super().__init__(area)
        self.changes = changes
        self.loop = asyncio.get_running_loop()
        self.closed = False
        self._nodes: dict[str, Node] = {}
        self._unsure: set[str] = set()  # directories that may have lost files, but cannot be listed yet

    @property
    def identity(self) -> Identity | None:
        root = self._nodes.get("")
        # After a removal, the inode number may belong to another directory.
        return root.identity if root is not None and (root.blind or root.is_watched()) else None

    async def open(self) -> None:
        try:
            HUB.join(self)
        except OSError as error:
            self.silent[""] = f"{error.strerror} (raise fs.inotify.max_user_instances)"
        branch = await self._scout([""], collect=False)
        self._attach(branch)

    def close(self) -> None:
        HUB.leave(self)

    def lost(self) -> None:
        if not self.closed:
            self.changes.lost("the system's queue of events was full")

    def arrived(self, key: str, stat: os.stat_result) -> bool:
        node = self._nodes.get(f"{key}/")
        if node is None:
            return True
        if node.identity == (stat.st_dev, stat.st_ino) and node.is_watched() and not node.blind:
            return False
        if self.left(key):
            self._unsure.add(f"{key}/")
        return True

    def left(self, key: str) -> bool:
        prefix = f"{key}/"
        if prefix not in self._nodes:
            return False
        parent = self._nodes.get(_above(prefix))
        if parent is not None:
            parent.children.discard(prefix)
        return self._drop(prefix)

    def sees(self, prefix: str, identity: Identity) -> bool:
        node = self._nodes.get(prefix)
        if node is not None:
            return node.identity == identity and node.is_watched()
        return any(prefix.startswith(silent) for silent in list(self.silent))

    def tell(self) -> None:
        while HUB.read():
            pass

    def knows(self, key: str) -> bool:
        return f"{key}/" in self._nodes

    def is_blind(self) -> bool:
        root = self._nodes.get("")
        return root is not None and root.blind

    def unseen(self, key: str) -> None:
        node = self._nodes.get(_above(key))
        if node is not None:
            node.blind = True

    def follow(self, key: str, is_link: bool) -> None:
        node = self._nodes.get(_above(key))
        if node is None:
            return
        if (old := node.links.pop(key, None)) is not None:
            old.close()
        if is_link:
            with suppress(ClosedError):
                node.follow(Link(self, key, self.area.path(key)))
                if node.silent:
                    self.silent[node.prefix] = node.silent

    async def enter(self, keys: list[str]) -> Entered:
        branch = await self._scout([f"{key}/" for key in keys], collect=True)
        replaced = self._attach(branch)
        if branch.is_partial:
            # A directory that vanished, or a link to one above, has no node: no event will report the files that are
            # missing there.
            for prefix in [*replaced, *(f"{key}/" for key in keys if f"{key}/" in self._unsure - self._nodes.keys())]:
                self._unsure.discard(prefix)
                self.changes.compare(f"{prefix!r} is another directory, or can be listed again")
            replaced = []
        return Entered(branch.files, replaced)

    async def _scout(self, prefixes: list[str], collect: bool) -> Branch:
        starts = []
        for prefix in prefixes:
            above = self._nodes.get(_above(prefix)) if prefix else None
            starts.append((prefix, () if above is None else above.line))
        scout = Scout(self, starts, collect)
        return await self.loop.run_in_executor(None, scout.run)

    def _attach(self, branch: Branch) -> list[str]:
        """Add the watched directories; return those that may have lost files without an event."""
        replaced = []
        for node in branch.nodes:
            self._nodes[node.prefix] = node
            self.changes.watched(node.prefix)
            if not node.blind and node.prefix in self._unsure:
                self._unsure.discard(node.prefix)
                replaced.append(node.prefix)
            if node.prefix and (parent := self._nodes.get(_above(node.prefix))) is not None:
                parent.children.add(node.prefix)
            if node.silent:
                self.silent[node.prefix] = node.silent
        for error in branch.errors:
            self.changes.failed(error)
        return replaced

    def _drop(self, prefix: str) -> bool:
        """Remove a directory and all its subdirectories; say whether files in them may be gone without an event.

        A deleted directory is no longer watched, and was empty: each of its files was reported. A directory that was
        moved away with its contents is still watched.
        """
        todo = [prefix]
        unseen = False
        while todo:
            prefix = todo.pop()
            self.silent.pop(prefix, None)
            self._unsure.discard(prefix)
            node = self._nodes.pop(prefix)
            unseen |= node.blind or node.is_watched()
            todo.extend(node.children)
            node.close()
        return unseen

    def told(self, node: Node, mask: int, name: str) -> None:
        """Handle an event in a directory."""
        if self.closed:
            return
        if not name:
            if mask & inotify.IGNORED:
                self.changes.died(node.prefix)
            if mask & inotify.UNMOUNT and node.prefix:
                node.blind = True  # its files are gone, and no event reported them
                self.changes.changed(node.prefix[:-1], When.GONE)
            elif not node.prefix:
                self.changes.root_touched()
            return
        is_directory = bool(mask & inotify.IS_DIRECTORY)
        if not is_directory or self.area.recursive:
            self.changes.changed(node.prefix + from_disk(name), *self.meaning(mask))

    @staticmethod
    def meaning(mask: int) -> tuple[When, What]:
        """Return when to inspect an entry after an event, and what the event says about it."""
        is_directory = bool(mask & inotify.IS_DIRECTORY)
        if mask & (inotify.DELETE | inotify.MOVED_FROM):
            return When.GONE, What.CHANGED if is_directory else What.FILE_GONE
        if mask & (inotify.CLOSE_WRITE | inotify.MOVED_TO) or (is_directory and mask & inotify.CREATE):
            return When.NOW, What.CHANGED
        return When.QUIET, What.CHANGED


def _above(path: str) -> str:
    """Return the prefix of the directory that contains an entry, given by relative path or by prefix."""
    return path[: path.rstrip("/").rfind("/") + 1]
