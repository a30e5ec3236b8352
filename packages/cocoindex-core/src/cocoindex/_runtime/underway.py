"""The uninterruptible parts of an operation: calls in threads and sinks. Layer: _runtime.

A cancelled update has not ended before they return: until then it keeps its turn and the lock of its app.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from .block import block
from .forked import in_forked_child
from .log import ERROR, log

if TYPE_CHECKING:
    import asyncio

APPLYING = "what is being applied"
_SHOWN = 3

What: TypeAlias = "str | Callable[[], str]"

_underway: ContextVar[Underway | None] = ContextVar("cocoindex_underway", default=None)


class Underway:
    """The running calls of one operation and of operations inside it.

    Args:
        outers: the same for the operations that wait for this one; None stands for no operation.
    """

    __slots__ = ("__weakref__", "_calls", "_lock", "_outers", "_waiting")

    def __init__(self, *outers: Underway | None) -> None:
        around: dict[Underway, None] = {}
        for outer in outers:
            if outer is not None:
                around.update(dict.fromkeys((outer, *outer._outers)))
        self._outers: tuple[Underway, ...] = tuple(around)
        self._begin_anew()
        in_forked_child(self, Underway._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[object, What] = {}
        self._waiting: list[Callable[[], None]] = []

    def begin(self, what: What) -> object:
        """Record that a call begins, from any thread; pass the returned value to `end`."""
        call = object()
        for at in (self, *self._outers):
            with at._lock:
                at._calls[call] = what
        return call

    def end(self, call: object) -> None:
        """Record that a call has returned."""
        for at in (self, *self._outers):
            at._end(call)

    def when_idle(self, callback: Callable[[], None]) -> None:
        """Call `callback` once nothing is under way: now, or in the thread of the last call."""
        with self._lock:
            if self._calls:
                self._waiting.append(callback)
                return
        callback()

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        import asyncio

        while self._calls:
            loop = asyncio.get_running_loop()
            future: asyncio.Future[None] = loop.create_future()
            self.when_idle(partial(wake, loop, future))
            await future

    def __str__(self) -> str:
        with self._lock:
            calls = list(self._calls.values())
        names = list(dict.fromkeys(map(text_of_what, calls[:1000])))
        more = [] if len(names) <= _SHOWN else [f"{len(names) - _SHOWN} more"]
        return ", ".join(names[:_SHOWN] + more) or "what runs"

    def _end(self, call: object) -> None:
        with self._lock:
            del self._calls[call]
            if self._calls or not self._waiting:
                return
            waiting, self._waiting = self._waiting, []
        for callback in waiting:
            try:
                callback()
            except Exception as exc:  # not a concern of the call that has returned
                log(ERROR, "a callback after a thread's end failed", exc)


def text_of_what(what: What) -> str:
    """Return the text that describes a running call."""
    return what if isinstance(what, str) else what()


def set_underway(underway: Underway) -> None:
    """Have what this context calls from now on count there."""
    _underway.set(underway)


def current_underway() -> Underway | None:
    """Return the one of the current operation; None outside of an operation."""
    return _underway.get()


@block
def counted(what: What) -> Iterator[None]:
    """Count the block as under way in the current operation."""
    underway = _underway.get()
    if underway is None:
        yield
        return
    call = underway.begin(what)
    try:
        yield
    finally:
        underway.end(call)


def wake(loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> None:
    """Resolve a future of `loop`, from any thread."""
    try:
        loop.call_soon_threadsafe(lambda: None if future.done() else future.set_result(None))
    except RuntimeError:  # the loop is closed, so nobody waits
        pass
