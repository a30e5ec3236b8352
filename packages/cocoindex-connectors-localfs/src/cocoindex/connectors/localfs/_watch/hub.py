"""Shares one inotify instance in the process: each directory is watched once, for any number of listeners.

Connector layer; Linux only. Directories may be added in any thread; events are told on the loop of who asked.
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
        loop: where its listeners are told.
        closed: whether it has left; then nothing more is watched for it.
    """

    loop: asyncio.AbstractEventLoop
    closed: bool

    def lost(self) -> None:
        """Events were lost."""
        ...


class Listener(Protocol):
    """Receives the events of one directory.

    Attributes:
        only: the one name whose events, and those of the directory itself, are of interest; None for all, and an empty
            one for those of the directory itself.
    """

    __slots__ = ()

    @property
    def owner(self) -> Owner: ...
    @property
    def only(self) -> str | None: ...

    def told(self, mask: int, name: str) -> None:
        """An event; `IGNORED` is the last one, after which the directory is not watched any more."""
        ...


class _Watch:
    """Who listens to one directory."""

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
        """Who listens for `owner`."""
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
    """The inotify instance while anybody watches; there is none else.

    Each loop with an owner reads from it: whichever wakes first tells all, and none depends on another one's life.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inotify: Inotify | None = None
        self._watches: dict[int, _Watch] = {}
        self._owners: list[Owner] = []
        self._readers: Counter[asyncio.AbstractEventLoop] = Counter()

    def join(self, owner: Owner) -> None:
        """Begin to tell `owner`; called on its loop.

        Raises:
            OSError: there is no inotify instance left.
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
        """Watch nothing for `owner` any more; called on its loop."""
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
            else:  # the kernel forgets all the watches of an instance together
                self._close()

    def watch(self, path: str, listener: Listener) -> int:
        """Tell `listener` of what happens in a directory from now on; returns the number of the watch.

        Raises:
            OSError: it cannot be watched; see `Inotify.add`.
        """
        with self._lock:
            if listener.owner.closed or self._inotify is None:
                raise ClosedError
            watch = self._inotify.add(path, inotify.SELF if listener.only == "" else inotify.ALL)
            self._watches.setdefault(watch, _Watch()).add(listener)
            return watch

    def forget(self, watch: int, listener: Listener) -> None:
        """Tell `listener` no more of it."""
        with self._lock:
            self._remove(watch, listener)

    def size(self) -> int:
        """How many directories are watched."""
        return len(self._watches)

    def read(self) -> bool:
        """Tell what has happened; say whether there was something."""
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
        """Let go of the parent's instance, whose events are the parent's."""
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
        """Drop who left with a loop that was closed under it."""
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
    """Who asks for a watch has left."""


HUB: Final = Hub()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=HUB.forget_after_fork)
