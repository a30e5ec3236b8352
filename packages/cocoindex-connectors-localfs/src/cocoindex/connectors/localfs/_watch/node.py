"""One watched directory of a walk.

Connector layer; Linux only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import inotify
from .changes import Identity
from .hub import HUB

if TYPE_CHECKING:
    from .link import Link
    from .tree import Tree


class Node:
    """A watched directory, at one of the paths that lead to it.

    Attributes:
        prefix: its relative path with a slash at its end; empty for the root.
        line: the identities of the directories from the root down to this one.
        blind: whether it could not be listed, or an entry in it could not be inspected.
        silent: why it must be polled, with all its subdirectories; empty if watching it is enough.
        children: the prefixes of its subdirectories.
        links: the links in it, by relative path.
    """

    __slots__ = ("_watch", "blind", "children", "line", "links", "owner", "prefix", "silent")

    only = None

    def __init__(self, tree: Tree, prefix: str, line: tuple[Identity, ...]) -> None:
        self.owner = tree
        self.prefix = prefix
        self.line = line
        self.blind = False
        self.silent = ""
        self.children: set[str] = set()
        self.links: dict[str, Link] = {}
        self._watch = -1

    @property
    def identity(self) -> Identity:
        return self.line[-1]

    def watch(self, path: str) -> None:
        """Begin to watch the directory."""
        self._watch = HUB.watch(path, self)

    def is_watched(self) -> bool:
        """Say whether changes in the directory are noticed, by a watch or by polling."""
        return self._watch >= 0 or bool(self.silent)

    def follow(self, link: Link) -> None:
        """Add a link in the directory; if not all entries that determine its target are watched, poll the directory."""
        self.links[link.key] = link
        self.silent = self.silent or link.silent

    def told(self, mask: int, name: str) -> None:
        if mask & inotify.IGNORED:
            self._watch = -1
        self.owner.told(self, mask, name)

    def stop(self) -> None:
        """Stop watching the directory."""
        if self._watch >= 0:
            HUB.forget(self._watch, self)
            self._watch = -1

    def close(self) -> None:
        """Stop watching the directory and the targets of its links."""
        self.stop()
        for link in self.links.values():
            link.close()
        self.links.clear()
