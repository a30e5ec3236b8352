"""Counters of what an update did, by the name of the component's function. Layer: _runtime."""

from __future__ import annotations

from collections.abc import Callable


class Counts:
    """Counters of the components of one function."""

    __slots__ = ("adds", "deletes", "errors", "reprocesses", "starts", "unchanged")

    def __init__(self) -> None:
        self.starts = self.unchanged = self.adds = self.deletes = self.reprocesses = self.errors = 0


class CountBoard:
    """The counters of one report: an update, a drop, or a `stats_group`."""

    __slots__ = ("_listeners", "by_name", "title")

    def __init__(self, title: str | None = None) -> None:
        self.title = title
        self.by_name: dict[str, Counts] = {}
        self._listeners: list[Callable[[], None]] = []

    def of(self, name: str) -> Counts:
        """The counters of the components whose function is called `name`."""
        counts = self.by_name.get(name)
        if counts is None:
            counts = self.by_name[name] = Counts()
        return counts

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each batch of changes; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changed(self) -> None:
        """Say that a batch of changes is complete; costs nothing where nobody listens."""
        for listener in self._listeners:
            listener()
