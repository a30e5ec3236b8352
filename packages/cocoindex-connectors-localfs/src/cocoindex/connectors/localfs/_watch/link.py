"""Watches the target of a symbolic link, wherever it is.

Connector layer; Linux only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import inotify
from .dirty import What, When
from .hops import hops
from .hub import HUB

if TYPE_CHECKING:
    from .tree import Tree


class Link:
    """A symbolic link, and the entries that determine its target: each is watched in its directory.

    Args:
        tree: the tree that contains the link.
        key: relative path of the link.
        path: absolute path of the link.

    Attributes:
        silent: the reason why not all entries are watched, if the system had no watches left; else empty.
    """

    __slots__ = ("_hops", "key", "silent")

    def __init__(self, tree: Tree, key: str, path: str) -> None:
        self.key = key
        self.silent = ""
        self._hops: list[_Hop] = []
        for directory, name in hops(path):
            hop = _Hop(tree, key, name)
            try:
                hop.watch = HUB.watch(directory, hop)
                self._hops.append(hop)
            except OSError as error:  # without permission, changes are found by the next walk of everything
                self.silent = self.silent or inotify.NONE_LEFT.get(error.errno or 0, "")

    def close(self) -> None:
        for hop in self._hops:
            if hop.watch >= 0:
                HUB.forget(hop.watch, hop)
        self._hops.clear()


class _Hop:
    """One entry that determines the target of a link."""

    __slots__ = ("key", "only", "owner", "watch")

    def __init__(self, tree: Tree, key: str, name: str) -> None:
        self.owner = tree
        self.key = key
        self.only = name
        self.watch = -1

    def told(self, mask: int, name: str) -> None:
        if mask & inotify.IGNORED:
            self.watch = -1
        if self.owner.closed:
            return
        if name:
            when, what = self.owner.meaning(mask)
            self.owner.changes.changed(self.key, when, what)
        elif mask & (inotify.MOVE_SELF | inotify.DELETE_SELF | inotify.UNMOUNT):
            self.owner.changes.changed(self.key, When.GONE, What.FILE_GONE)
