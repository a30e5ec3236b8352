"""Watches a walked directory with watchdog, on systems without inotify.

Connector layer. All watches of the process share one observer. A watch covers a whole tree, so that subdirectories need
no watch of their own. Only directories outside the tree, to which links in it lead, are polled.
"""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Final

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from .._names import from_disk
from .._walk import no_directory
from .area import Area
from .changes import Changes, Entered, Identity, Watcher
from .dirty import What, When

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

_MEANING: Final = {
    "closed": (When.NOW, What.CHANGED),
    "created": (When.QUIET, What.CHANGED),
    "modified": (When.QUIET, What.CHANGED),
}


class _Observers:
    """Holds the watchdog observer of the process; it exists only while something is watched."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._observer: BaseObserver | None = None
        self._users = 0

    def watch(self, path: str, recursive: bool, handler: FileSystemEventHandler) -> ObservedWatch:
        with self._lock:
            if self._observer is None:
                self._observer = Observer()
                self._observer.daemon = True
                self._observer.start()
            watch = self._observer.schedule(handler, path, recursive=recursive)
            self._users += 1
            return watch

    def is_alive(self, watch: ObservedWatch) -> bool:
        with self._lock:
            observer = self._observer
            return observer is not None and any(
                emitter.watch == watch and emitter.is_alive() for emitter in observer.emitters
            )

    def leave(self, watch: ObservedWatch, handler: FileSystemEventHandler) -> None:
        with self._lock:
            observer = self._observer
            assert observer is not None
            self._users -= 1
            if not self._users:
                self._observer = None
                observer.stop()
            else:
                observer.remove_handler_for_watch(handler, watch)


_OBSERVERS: Final = _Observers()


class Observed(Watcher, FileSystemEventHandler):
    """Watches a whole tree.

    Args:
        area: the walked part of the directory.
        changes: receives the changes.
    """

    def __init__(self, area: Area, changes: Changes) -> None:
        super().__init__(area)
        self.changes = changes
        self._loop = asyncio.get_running_loop()
        self._path = area.root.directory.rstrip(os.sep) or os.sep
        self._identity: Identity | None = None
        self._watch: ObservedWatch | None = None
        self._directories: set[str] = set()

    @property
    def identity(self) -> Identity | None:
        return self._identity if self._watch is not None and _OBSERVERS.is_alive(self._watch) else None

    async def open(self) -> None:
        await self._loop.run_in_executor(None, self._open)

    def close(self) -> None:
        if self._watch is not None:
            _OBSERVERS.leave(self._watch, self)
            self._watch = None

    def arrived(self, key: str, stat: os.stat_result) -> bool:
        return f"{key}/" not in self._directories

    def left(self, key: str) -> bool:
        gone = {prefix for prefix in self._directories if prefix.startswith(f"{key}/")}
        self._directories -= gone
        for prefix in gone:
            self.silent.pop(prefix, None)
        return bool(gone)

    def sees(self, prefix: str, identity: Identity) -> bool:
        return prefix in self._directories or not prefix

    def tell(self) -> None:
        """Do nothing: watchdog delivers events from its own thread and cannot be asked for them."""

    def knows(self, key: str) -> bool:
        return f"{key}/" in self._directories

    def is_blind(self) -> bool:
        return False

    def unseen(self, key: str) -> None:
        self._directories.discard(key[: key.rfind("/") + 1])  # the next event for it lists it again

    def follow(self, key: str, is_link: bool) -> None:
        """Do nothing: link targets in the tree are watched anyway, and directories outside it are polled."""

    async def enter(self, keys: list[str]) -> Entered:
        files = await self._loop.run_in_executor(None, self._list, [f"{key}/" for key in keys])
        return Entered(files, [])

    def dispatch(self, event: FileSystemEvent) -> None:
        """Pass an event to the event loop; watchdog calls this in its own thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._told, event)

    def _open(self) -> None:
        try:
            found = os.stat(self._path)
            self._watch = _OBSERVERS.watch(self._path, self.area.recursive, self)
            self._identity = (found.st_dev, found.st_ino)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise no_directory(self._path) from error
        except OSError as error:
            self.silent[""] = str(error)
        self._list([""])

    def _list(self, todo: list[str]) -> list[str]:
        """List directories and all their subdirectories; return the files in them."""
        files: list[str] = []
        while todo:
            prefix = todo.pop()
            self._directories.add(prefix)
            try:
                with os.scandir(self.area.path(prefix)) as entries:
                    for entry in entries:
                        self._entry(prefix, entry, todo, files)
            except OSError:
                if not os.path.isdir(self._path):
                    raise no_directory(self._path) from None
        return files

    def _entry(self, prefix: str, entry: os.DirEntry[str], todo: list[str], files: list[str]) -> None:
        key = prefix + from_disk(entry.name)
        if not entry.is_dir():
            if self.area.yields(key):
                files.append(key)
        elif self.area.enters(key):
            if entry.is_symlink():
                self._directories.add(f"{key}/")
                self.silent[f"{key}/"] = "directories that are reached by a link cannot be watched on this system"
            else:
                todo.append(f"{key}/")

    def _told(self, event: FileSystemEvent) -> None:
        if self._watch is None:
            return
        if event.event_type in ("deleted", "moved"):
            what = What.TREE_GONE if event.is_directory else What.FILE_GONE
            self._dirty(event.src_path, event.is_directory, When.GONE, what)
        if event.event_type == "moved":
            self._dirty(event.dest_path, event.is_directory, When.NOW, What.CHANGED)
        elif event.event_type in _MEANING and not (event.is_directory and event.event_type == "modified"):
            when, what = _MEANING[event.event_type]
            self._dirty(event.src_path, event.is_directory, When.NOW if event.is_directory else when, what)

    def _dirty(self, path: bytes | str, is_directory: bool, when: When, what: What) -> None:
        path = os.fsdecode(path)
        if path == self._path:
            self.changes.root_touched()
        elif path.startswith(self.area.root.directory):
            key = from_disk(path[len(self.area.root.directory) :]).replace(os.sep, "/")
            if what is What.CHANGED and is_directory:
                self._directories.discard(f"{key}/")  # so that it is listed even if it replaced a known directory
            if self.area.recursive or "/" not in key:
                self.changes.changed(key, when, what)
