"""SIGTERM, with which supervisors end a process, handled like Ctrl-C: in order, and at once the second time.

Layer: _runtime.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from .block import block

if TYPE_CHECKING:
    import asyncio
    from sys import UnraisableHookArgs

#: The default actions of signals; handlers set by others are left alone.
_UNTOUCHED: Final[dict[signal.Signals, Callable[[int, FrameType | None], Any] | int]] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
}

_first: signal.Signals | None = None
_is_lost = False
_taken: set[signal.Signals] = set()
_mask = threading.local()
_at_once: Callable[[signal.Signals], object]


class Terminated(SystemExit):
    """Raised in the main thread by the first SIGTERM: ends the process with the exit code that shells use for it."""

    def __init__(self) -> None:
        super().__init__(exit_code(signal.SIGTERM))


def exit_code(signum: signal.Signals) -> int:
    """Return the exit code of a process ended by a signal."""
    return 128 + signum


def end_at_once(signum: signal.Signals) -> NoReturn:
    """End the process as the signal would; the next update repairs interrupted work."""
    os._exit(exit_code(signum))


@block
def taking(*signals: signal.Signals, at_once: Callable[[signal.Signals], object] = end_at_once) -> Iterator[None]:
    """Raise the first signal in the block, as `KeyboardInterrupt` or `Terminated`.

    Only in the main thread, and only for signals without a handler. A signal that arrives while Python runs a
    destructor or the callback of a weak reference, where it drops exceptions, is raised by `raise_lost`, at the latest
    at the end of the block.

    Args:
        signals: SIGINT, SIGTERM, or both.
        at_once: called at the second signal of either kind.
    """
    global _first, _is_lost, _at_once
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    taken = [one for one in signals if one not in _taken and signal.getsignal(one) is _UNTOUCHED[one]]
    drop_exception = sys.unraisablehook

    def note(unraisable: UnraisableHookArgs) -> None:
        global _is_lost
        if _first is not None and isinstance(unraisable.exc_value, (KeyboardInterrupt, Terminated)):
            _is_lost = True
        else:
            drop_exception(unraisable)

    if taken:
        _first, _is_lost, _at_once = None, False, at_once
        sys.unraisablehook = note
    try:
        for one in taken:
            _taken.add(one)
            signal.signal(one, _take)
        yield
        if taken:
            raise_lost()
    finally:
        for one in taken:
            signal.signal(one, _UNTOUCHED[one])
            _taken.discard(one)
        if sys.unraisablehook is note:
            sys.unraisablehook = drop_exception
        if taken:
            _is_lost = False


def came(signum: signal.Signals) -> None:
    """Record a first signal that other code handled."""
    global _first
    _first = _first or signum


def raise_lost() -> None:
    """Raise the signal again if Python has dropped the exception; for code of the main thread that waits."""
    global _is_lost
    if _is_lost and threading.current_thread() is threading.main_thread():
        _is_lost = False
        assert _first is not None
        raise _exception(_first)


def wake_at_signals(task: asyncio.Future[Any]) -> None:
    """Have signals wake the loop of `task` until it is done, if this is the main thread.

    Python handles signals between its own instructions. The loop sleeps in a system call, which a signal that came just
    before, or to another thread, does not end: Ctrl-C would be handled at the loop's next event, if there is one. The
    handler of any signal has asyncio watch a socket to which Python writes at each signal.
    """
    loop = task.get_loop()
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGURG"):
        return
    descriptor = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(descriptor)
    if descriptor == -1 and signal.getsignal(signal.SIGURG) is signal.SIG_DFL:
        with suppress(NotImplementedError, RuntimeError):  # a loop of another library
            loop.add_signal_handler(signal.SIGURG, lambda: None)
            task.add_done_callback(lambda _: loop.remove_signal_handler(signal.SIGURG))


def _take(number: int, frame: FrameType | None) -> None:
    global _first
    signum = signal.Signals(number)
    if _first is not None:
        _at_once(signum)
    _first = signum
    raise _exception(signum)


def _exception(signum: signal.Signals) -> BaseException:
    return KeyboardInterrupt() if signum is signal.SIGINT else Terminated()


def _before_fork() -> None:
    """Block signals: one that reaches the child before it resets its parent's handling would be lost."""
    if _taken:
        _mask.before = signal.pthread_sigmask(signal.SIG_BLOCK, _taken)


def _after_fork() -> None:
    if (before := _mask.__dict__.pop("before", None)) is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_anew() -> None:
    """Reset in a forked child: a signal ends it at once, because the work belongs to the parent."""
    for one in _taken:
        signal.signal(one, _UNTOUCHED[one])
    _taken.clear()
    _after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_begin_anew)
