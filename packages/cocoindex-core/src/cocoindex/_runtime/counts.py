"""Counters of the work of an update, by the name of the component's function. Layer: _runtime."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    from .range_report import RangeReport

    class PutOff(Protocol):
        """A component that continues after everything else, or as soon as somebody waits for it."""

        def go_on_soon(self) -> None:
            """Continue it; can be called from any thread."""
            ...


class Counts:
    """Counters of the components of one function."""

    __slots__ = ("adds", "deletes", "errors", "reprocesses", "starts", "unchanged")

    def __init__(self) -> None:
        self.starts = self.unchanged = self.adds = self.deletes = self.reprocesses = self.errors = 0


class CountBoard:
    """The counters of one report: an update, a drop, or a `stats_group`.

    Attributes:
        title: the title of a group; None for the whole operation.
        over: whether counting has ended.
        ready: whether the initial work is complete; counting may continue if parts are live.
        ranges: returns the state of the live ranges; None if this report does not show them.
    """

    __slots__ = ("_listeners", "by_name", "over", "ranges", "ready", "title")

    def __init__(self, title: str | None = None) -> None:
        self.title = title
        self.over = False
        self.ready = False
        self.ranges: Callable[[], list[RangeReport]] | None = None
        self.by_name: dict[str, Counts] = {}
        self._listeners: list[Callable[[], None]] = []

    def of(self, name: str) -> Counts:
        """Return the counters of the components whose function is called `name`."""
        counts = self.by_name.get(name)
        if counts is None:
            counts = self.by_name[name] = Counts()
        return counts

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each batch of changes; return a function that ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changed(self) -> None:
        """Announce that a batch of changes is complete; this costs nothing without listeners."""
        for listener in self._listeners[:] if self._listeners else ():
            listener()

    def end(self) -> None:
        """Announce that counting has ended."""
        self.over = True
        self.changed()


class GroupBoard(CountBoard):
    """The counters of a `stats_group`; ready once its block has ended and everything mounted inside is complete.

    Then it is also over, unless live ranges were mounted inside: then it is over when these or the update have ended.
    """

    __slots__ = ("_open", "_outer", "_put_off", "_ranges", "_unsubscribe", "_watched")

    def __init__(self, title: str, outer: CountBoard) -> None:
        super().__init__(title)
        self._outer = outer
        self._open = 1  # the block
        self._ranges = 0
        self._put_off: list[PutOff] = []
        self._watched = False
        if isinstance(outer, GroupBoard):
            outer.expect()
        self._unsubscribe = outer.subscribe(self._outer_changed)

    def expect(self) -> None:
        """Expect one more member or inner group."""
        self._open += 1

    def child_complete(self, propagated: BaseException | None = None) -> None:
        """Note that a member, an inner group or the block itself is complete, successfully or not."""
        self._open -= 1
        if self._open or self.ready:  # nobody waits for what a live range mounts later
            return
        self.ready = True
        if self._ranges:
            self.changed()
        else:
            self.end()
        if isinstance(self._outer, GroupBoard):
            self._outer.child_complete()

    def child_put_off(self, child: PutOff) -> None:
        """Note that a member is put off; continue it at once if somebody watches."""
        self._put_off.append(child)
        if self._watched:
            self.watch()
        if isinstance(self._outer, GroupBoard):
            self._outer.child_put_off(child)

    def watch(self) -> None:
        """Note that somebody watches from now on, until all are complete."""
        self._watched = True
        put_off, self._put_off = self._put_off, []
        for child in put_off:
            child.go_on_soon()

    def goes_on(self) -> None:
        """Add a live range mounted inside: it must become ready like any member, and counts as long as it lives."""
        self._ranges += 1
        if isinstance(self._outer, GroupBoard):
            self._outer.goes_on()

    def range_ended(self) -> None:
        """Note that a live range mounted inside has ended."""
        self._ranges -= 1
        if self.ready and not self._ranges:
            self.end()
        if isinstance(self._outer, GroupBoard):
            self._outer.range_ended()

    def end(self) -> None:
        if not self.over:
            self._unsubscribe()
            super().end()

    def _outer_changed(self) -> None:
        if self._outer.over:
            self.end()
        else:
            self.changed()
