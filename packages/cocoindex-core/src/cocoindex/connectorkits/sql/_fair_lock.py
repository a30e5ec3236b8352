"""A fair read-write lock: waiters are served in the order of arrival.

Layer: connectorkits. For blocking drivers whose connection allows only one writer at a time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...errors import CocoIndexError

__all__ = ["FairLock"]


class FairLock:
    """A read-write lock whose waiters are served in the order of arrival.

    A thread that holds the lock may read again, and a writer may also read. A thread that holds the lock and asks to
    write would wait for itself, so that is an error.

    Args:
        error: the exception class raised in that case.
    """

    def __init__(self, error: type[CocoIndexError]) -> None:
        self._error = error
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._readers: dict[int, int] = {}
        self._writer: int | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the lock shared with other readers."""
        me = threading.get_ident()
        with self._changed:
            if self._writer != me and me not in self._readers:
                self._wait(lambda: self._writer is None)
            self._readers[me] = self._readers.get(me, 0) + 1
        try:
            yield
        finally:
            self._leave_reading(me)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock alone.

        Raises:
            the `error`: this thread already holds the lock.
        """
        me = threading.get_ident()
        with self._changed:
            self._refuse_nesting(me)
            self._wait(lambda: self._writer is None and not self._readers)
            self._writer = me
        try:
            yield
        finally:
            with self._changed:
                self._writer = None
                self._changed.notify_all()

    def _wait(self, free: Callable[[], bool]) -> None:
        ticket = object()
        self._waiting.append(ticket)
        try:
            self._changed.wait_for(lambda: self._waiting[0] is ticket and free())
        finally:
            self._waiting.remove(ticket)
            self._changed.notify_all()  # if this one reads and the next waiter reads too, both can hold the lock

    def _leave_reading(self, me: int) -> None:
        with self._changed:
            left = self._readers.pop(me) - 1
            if left:
                self._readers[me] = left
            else:
                self._changed.notify_all()

    def _refuse_nesting(self, me: int) -> None:
        held = "transaction()" if self._writer == me else "readonly()" if me in self._readers else None
        if held is not None:
            raise self._error(
                f"a transaction was begun inside {held} of the same connection and thread, so it would wait for "
                "itself; leave the outer `with` block first, and do not await inside it"
            )
