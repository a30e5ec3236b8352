"""Ends a run of the matrix before its end, as Ctrl-C and SIGTERM ask for; nothing that it started goes on."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds after the first signal, and what is sent from then on: programs that heed the first ones clean up.
_STEPS = ((10.0, signal.SIGKILL), (5.0, signal.SIGTERM), (0.0, signal.SIGINT))
_PATIENCE = 20.0
_PR_SET_CHILD_SUBREAPER = 36


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C, SIGTERM and the end of the terminal set, which do nothing else meanwhile."""
    stopped = threading.Event()
    heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda *_: stopped.set()) for number in heeded}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def adopt_orphans() -> None:
    """Have processes whose parent ends become children of this one, on Linux, so that `Ending` finds them."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Ending:
    """Ends all processes that come from this one; begins when it is made."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told: set[tuple[int, int]] = set()

    def look(self) -> bool:
        """Ask or force what still runs to end; return whether something does, and it is worth to look again."""
        passed = time.monotonic() - self._began
        number = next(number for seconds, number in _STEPS if passed >= seconds)
        running = descendants(os.getpid())
        for process in running:
            if (process, number) not in self._told:
                self._told.add((process, number))
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, number)
        return bool(running) and passed < _PATIENCE


def descendants(ancestor: int) -> list[int]:
    """Return the processes that come from this one and have not ended; none where there is no /proc."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # After the name, which may have any characters: the state and the parent.
            state, parent = stat.read_text(errors="replace").rpartition(")")[2].split()[:2]
            children.setdefault(int(parent), []).append(0 if state == "Z" else int(stat.parent.name))
    found: list[int] = []
    unseen = [ancestor]
    while unseen:
        born = [child for child in children.get(unseen.pop(), []) if child]
        found += born
        unseen += born
    return found
