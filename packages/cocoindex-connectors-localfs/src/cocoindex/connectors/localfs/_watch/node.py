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
    """A directory, at one of the paths that lead to it.

    Attributes:
        prefix: its relative path with a slash at its end; empty for the root.
        line: which directories it and those above it are.
        blind: whether it could not be listed, or something in it not be looked at.
        silent: why it has to be polled, with all below; empty where watching it is enough.
        children: the prefixes of those in it.
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
        """Begin to watch it."""
        self._watch = HUB.watch(path, self)

    def is_watched(self) -> bool:
        """Say whether what happens in it is noticed."""
        return self._watch >= 0 or bool(self.silent)

    def follow(self, link: Link) -> None:
        """Keep a link in it; where what decides on that cannot be watched, the directory is polled."""
        self.links[link.key] = link
        self.silent = self.silent or link.silent

    def told(self, mask: int, name: str) -> None:
        if mask & inotify.IGNORED:
            self._watch = -1
        self.owner.told(self, mask, name)

    def stop(self) -> None:
        """Watch it no more."""
        if self._watch >= 0:
            HUB.forget(self._watch, self)
            self._watch = -1

    def close(self) -> None:
        """Watch it no more, nor what links in it lead to."""
        self.stop()
        for link in self.links.values():
            link.close()
        self.links.clear()
