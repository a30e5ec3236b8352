"""Watches directories first and lists them afterwards, so that no change is missed in between.

Connector layer; Linux only; runs in a thread.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from .._names import from_disk
from .._walk import no_directory
from .hub import ClosedError
from .inotify import NONE_LEFT
from .link import Link
from .mounts import silent_kind
from .node import Node

if TYPE_CHECKING:
    from .changes import Identity
    from .tree import Tree

_TRIES: Final = 5  # attempts to watch the directory at a path, if it is replaced during the attempt


class Branch:
    """The result of a `Scout`: watched directories, their subdirectories, and the files in them.

    Attributes:
        nodes: the directories, each before its subdirectories.
        files: relative paths of their files, if `collect` was set.
        errors: exceptions raised by a matcher.
        is_partial: whether something in the directories was not listed.
    """

    def __init__(self) -> None:
        self.is_partial = False
        self.nodes: list[Node] = []
        self.files: list[str] = []
        self.errors: list[Exception] = []


class Scout:
    """Watches and lists directories, with all their subdirectories.

    Args:
        tree: the tree that owns the watches.
        starts: the prefix of each directory to begin with, and the identities of the directories above it.
        collect: whether to collect files, too.
    """

    def __init__(self, tree: Tree, starts: list[tuple[str, tuple[Identity, ...]]], collect: bool) -> None:
        self._tree = tree
        self._area = tree.area
        self._todo = starts[::-1]
        self._collect = collect
        self._kinds: dict[int, str | None] = {}
        self._branch = Branch()

    def run(self) -> Branch:
        """Return the directories and files found.

        Raises:
            SourceDirectoryError: the root is among the starts, and is not a directory.
        """
        with suppress(ClosedError):
            while self._todo:
                prefix, above = self._todo.pop()
                node = self._watched(prefix, above)
                if node is not None:
                    self._branch.nodes.append(node)
                    if not node.silent and not node.blind:
                        self._list(node)
                if node is None or node.silent or node.blind:
                    self._branch.is_partial = True
        return self._branch

    def _watched(self, prefix: str, above: tuple[Identity, ...]) -> Node | None:
        path = self._area.path(prefix)
        try:
            for _ in range(_TRIES):
                before = _identity(path)
                if before in above:  # a link to a directory above it
                    return None
                node = Node(self._tree, prefix, (*above, before))
                self._watch(node, path, above)
                if _identity(path) == before:
                    return node
                node.stop()
        except (FileNotFoundError, NotADirectoryError) as error:
            if not prefix:
                raise no_directory(path) from error
            return None
        except OSError:
            # No permission, or an I/O error: its parent directory reports an event when that changes.
            node = Node(self._tree, prefix, (*above, (-1, -1)))
            node.blind = True
            return node
        return None  # its parent directory reports an event for the last replacement

    def _watch(self, node: Node, path: str, above: tuple[Identity, ...]) -> None:
        device = node.identity[0]
        if not above or above[-1][0] != device:
            if device not in self._kinds:
                self._kinds[device] = silent_kind(path)
            if kind := self._kinds[device]:
                node.silent = f"file systems of the type {kind} do not report changes"
        if not node.prefix and "" in self._tree.silent:
            node.silent = self._tree.silent[""]
        if node.silent:
            return
        try:
            node.watch(path)
        except PermissionError:
            node.blind = True
        except OSError as error:
            if error.errno not in NONE_LEFT:
                raise
            node.silent = NONE_LEFT[error.errno]

    def _list(self, node: Node) -> None:
        found: list[str] = []
        try:
            with os.scandir(self._area.path(node.prefix)) as entries:
                for entry in entries:
                    self._entry(node, entry, found)
        except (FileNotFoundError, NotADirectoryError):
            self._branch.is_partial = True
        except OSError:
            node.blind = True
        self._todo.extend((f"{key}/", node.line) for key in reversed(found))

    def _entry(self, node: Node, entry: os.DirEntry[str], directories: list[str]) -> None:
        key = node.prefix + from_disk(entry.name)
        is_link = entry.is_symlink()
        is_directory = _is_directory(entry)
        try:
            if is_link and (self._area.yields(key) or self._area.enters(key)):
                node.follow(Link(self._tree, key, entry.path))
            if is_directory:
                if self._area.enters(key):
                    directories.append(key)
            elif self._collect and self._area.yields(key):
                self._branch.files.append(key)
        except ClosedError:
            raise
        except Exception as error:  # a matcher is user code and may raise anything
            self._branch.errors.append(error)
            self._branch.is_partial = True


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link whose target cannot be inspected
        return False


def _identity(path: str) -> Identity:
    found = os.stat(path)
    return found.st_dev, found.st_ino
