"""Twelve kinds of exceptions that user code may raise; each is made anew for a trial."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass

Maker = Callable[[], BaseException]


class Panic(BaseException):
    """As those that libraries written in other languages raise."""


@dataclass(frozen=True)
class Frozen(Exception):
    """Takes no attribute, so no note, no cause and no traceback that is set by hand."""

    code: int = 7


class Unprintable(Exception):
    """Says nothing of itself."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class Unpicklable(Exception):
    """Cannot leave its process."""

    def __init__(self) -> None:
        super().__init__("unpicklable")
        self.lock = threading.Lock()


def _same() -> Maker:
    """One instance, however often it is asked for."""
    error = ValueError("raised once more")
    return lambda: error


def _interrupt() -> BaseException:
    """In a thread of its own, Ctrl-C is an exception like others; trials run in one."""
    return KeyboardInterrupt("of a thread")


#: By name: what makes the function that makes the exception of one trial, and how often in a row it is raised.
KINDS: dict[str, tuple[Callable[[], Maker], int]] = {
    "plain": (lambda: lambda: ValueError("plain"), 1),
    "base": (lambda: lambda: Panic("panic"), 1),
    "group": (lambda: lambda: BaseExceptionGroup("group", [Panic("one"), ValueError("two")]), 1),
    "frozen": (lambda: Frozen, 1),
    "unprintable": (lambda: Unprintable, 1),
    "unpicklable": (lambda: Unpicklable, 1),
    "stop-iteration": (lambda: lambda: StopIteration("nothing left"), 1),
    "cancelled": (lambda: lambda: asyncio.CancelledError("of its own"), 1),
    "system-exit": (lambda: lambda: SystemExit(3), 1),
    "interrupt": (lambda: _interrupt, 1),
    "huge": (lambda: lambda: ValueError("x" * 5_000_000), 1),
    "twice": (_same, 2),
}
