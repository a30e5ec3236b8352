"""Shares one inotify instance in the process: each directory is watched once, for any number of listeners.

Connector layer; Linux only. Directories may be added from any thread; a listener is called on the event loop of its
owner.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Final, Protocol

from . import inotify
from .inotify import Inotify


class Owner(Protocol):
    """An object that watches directories.

    Attributes:
        loop: the event loop on which its listeners are called.
        closed: whether it has left the hub; no watch is added for it any more.
    """

    loop: asyncio.AbstractEventLoop
    closed: bool

    def lost(self) -> None:
        """Handle the loss of events."""
        ...


class Listener(Protocol):
    """Receives the events of one directory.

    Attributes:
        only: receive only the events of the entry with this name, and those of the directory itself; None for all
            events, an empty string for only those of the directory itself.
    """

    __slots__ = ()

    @property
    def owner(self) -> Owner: ...
    @property
    def only(self) -> str | None: ...

    def told(self, mask: int, name: str) -> None:
        """Handle an event; after an `IGNORED` event, the directory is no longer watched and no event follows."""
        ...


class _Watch:
    """The listeners of one directory."""

    __slots__ = ("everything", "named")

    def __init__(self) -> None:
        self.everything: list[Listener] = []
        self.named: dict[str, list[Listener]] = {}

    def add(self, listener: Listener) -> None:
        self._list(listener).append(listener)

    def remove(self, listener: Listener) -> None:
        listeners = self._list(listener)
        if listener in listeners:
            listeners.remove(listener)
        if listener.only is not None and not listeners:
            del self.named[listener.only]

    def of(self, owner: Owner) -> list[Listener]:
        """Return the listeners that belong to `owner`."""
        return [listener for listener in (*self.everything, *chain(*self.named.values())) if listener.owner is owner]

    def is_empty(self) -> bool:
        return not self.everything and not self.named

    def hearing(self, name: str) -> Iterator[Listener]:
        yield from self.everything
        if name:
            yield from self.named.get(name, ())
        else:
            yield from chain(*self.named.values())

    def _list(self, listener: Listener) -> list[Listener]:
        return self.everything if listener.only is None else self.named.setdefault(listener.only, [])


class Hub:
    """Holds the inotify instance; it exists only while there are owners.

    Each event loop with an owner reads from it. The loop that wakes first passes the events to the listeners of all
    loops, so that no loop depends on another one to keep running.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inotify: Inotify | None = None
        self._watches: dict[int, _Watch] = {}
        self._owners: list[Owner] = []
        self._readers: Counter[asyncio.AbstractEventLoop] = Counter()

    def join(self, owner: Owner) -> None:
        """Register `owner`; must be called on its loop.

        Raises:
            OSError: no inotify instance is left.
        """
        with self._lock:
            self._forget_closed_loops()
            if self._inotify is None:
                self._inotify = Inotify()
            if not self._readers[owner.loop]:
                owner.loop.add_reader(self._inotify.descriptor, self.read)
            self._readers[owner.loop] += 1
            self._owners.append(owner)

    def leave(self, owner: Owner) -> None:
        """Unregister `owner` and remove its watches; must be called on its loop."""
        with self._lock:
            owner.closed = True
            if owner not in self._owners:
                return
            self._owners.remove(owner)
            assert self._inotify is not None
            self._readers[owner.loop] -= 1
            if not self._readers[owner.loop]:
                del self._readers[owner.loop]
                owner.loop.remove_reader(self._inotify.descriptor)
            if self._owners:
                self._drop(owner)
            else:  # closing the instance removes all its watches
                self._close()

    def watch(self, path: str, listener: Listener) -> int:
        """Pass the events of a directory to `listener` from now on; return the watch descriptor.

        Raises:
            ClosedError: the owner of the listener has left.
            OSError: the directory cannot be watched; see `Inotify.add`.
        """
        with self._lock:
            if listener.owner.closed or self._inotify is None:
                raise ClosedError
            watch = self._inotify.add(path, inotify.SELF if listener.only == "" else inotify.ALL)
            self._watches.setdefault(watch, _Watch()).add(listener)
            return watch

    def forget(self, watch: int, listener: Listener) -> None:
        """Pass no more events of this watch to `listener`."""
        with self._lock:
            self._remove(watch, listener)

    def size(self) -> int:
        """Return the number of watched directories."""
        return len(self._watches)

    def read(self) -> bool:
        """Read the available events and pass them to the listeners; return whether there were any."""
        with self._lock:
            events = [] if self._inotify is None else self._inotify.read()
            told = [
                (listener, mask, name) for watch, mask, name in events for listener in self._hearing(watch, mask, name)
            ]
            lost = list(self._owners) if any(mask & inotify.OVERFLOW for _, mask, _ in events) else []
        here = asyncio.get_running_loop() if told or lost else None
        for listener, mask, name in told:
            if listener.owner.loop is here:
                listener.told(mask, name)
            elif not listener.owner.loop.is_closed():
                listener.owner.loop.call_soon_threadsafe(listener.told, mask, name)
        for owner in lost:
            if not owner.loop.is_closed():
                owner.loop.call_soon_threadsafe(owner.lost)
        return bool(events)

    def forget_after_fork(self) -> None:
        """Close the inotify instance inherited from the parent process; its events belong to the parent."""
        if self._inotify is not None:
            self._inotify.close()
        Hub.__init__(self)

    def _hearing(self, watch: int, mask: int, name: str) -> list[Listener]:
        known = self._watches.get(watch)
        if known is None:
            return []
        if mask & inotify.IGNORED:
            del self._watches[watch]
        return list(known.hearing(name))

    def _remove(self, watch: int, listener: Listener) -> None:
        known = self._watches.get(watch)
        if known is None:
            return
        known.remove(listener)
        if known.is_empty():
            del self._watches[watch]
            if self._inotify is not None:
                self._inotify.remove(watch)

    def _drop(self, owner: Owner) -> None:
        for watch, known in list(self._watches.items()):
            for listener in known.of(owner):
                self._remove(watch, listener)

    def _forget_closed_loops(self) -> None:
        """Remove the owners whose event loop was closed before they left."""
        for loop in [loop for loop in self._readers if loop.is_closed()]:
            del self._readers[loop]
            for owner in [owner for owner in self._owners if owner.loop is loop]:
                owner.closed = True
                self._owners.remove(owner)
                self._drop(owner)
        if not self._owners and self._inotify is not None:
            self._close()

    def _close(self) -> None:
        assert self._inotify is not None
        self._inotify.close()
        self._inotify = None
        self._watches.clear()


class ClosedError(Exception):
    """A watch was requested for an owner that has left."""


HUB: Final = Hub()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=HUB.forget_after_fork)
