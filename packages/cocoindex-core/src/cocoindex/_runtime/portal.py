"""The event loop behind the `_blocking` calls: one daemon thread per process, started at the first of them.

Layer: _runtime.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import signal
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import BlockingInLoopError, EnvironmentLoopError
from .daemon_threads import DaemonExecutor
from .forked import in_forked_child, leave_to_parent
from .log import log
from .operation import Operation
from .termination import Terminated, came, end_at_once, taking

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

_PATIENCE_SECONDS = 1.0

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_left_behind: Operation[Any] | None = None


def portal_loop() -> asyncio.AbstractEventLoop:
    """Return the portal's loop; start its thread if necessary."""
    global _loop
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            # A blocked sink or function must not delay the end of the process after a second Ctrl-C.
            _loop.set_default_executor(DaemonExecutor())
            started = threading.Event()
            threading.Thread(target=_serve, args=(_loop, started), name="cocoindex-portal", daemon=True).start()
            started.wait()
        return _loop


def refuse_in_loop(blocking: str, instead: str) -> None:
    """Raise if an event loop runs in this thread: blocking it would stop everything on it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise BlockingInLoopError(blocking, instead)


def run(coro: Coroutine[Any, Any, T], timeout: float | None = None, *, terminable: bool = False) -> T:
    """Run `coro` on the portal's loop and wait for it, at most `timeout` seconds; see `run_blocking`."""
    operation = Operation(lambda: coro, portal_loop(), told=False)
    own = EnvironmentLoopError if timeout is None else (EnvironmentLoopError, TimeoutError)
    with taking(signal.SIGINT, *((signal.SIGTERM,) if terminable else ()), at_once=_interrupt_again):
        try:  # before it begins: a Ctrl-C right after that must find it
            return operation.begin().result(timeout)
        except own:
            raise
        except BaseException as exc:  # from it, or from a signal handler, which may raise anything
            if not operation.ended.done():
                _leave_in_order(operation, isinstance(exc, Terminated))
            raise
        finally:
            if operation.ended.done():
                coro.close()  # it may have been cancelled before it began


def _interrupt_again(signum: signal.Signals) -> None:
    if signum is not signal.SIGINT:
        end_at_once(signum)
    raise KeyboardInterrupt


def serves(loop: asyncio.AbstractEventLoop | None) -> bool:
    """Return whether `loop` is the portal's and running."""
    return loop is not None and loop is _loop and loop.is_running()


def is_left_behind() -> bool:
    """Return whether a second signal abandoned running work: then nothing should be waited for."""
    return _left_behind is not None and not _left_behind.ended.done()


def _leave_in_order(operation: Operation[Any], terminated: bool) -> None:
    """Cancel it and wait for its end; a second signal while waiting abandons it."""
    global _left_behind
    try:
        came(signal.SIGTERM if terminated else signal.SIGINT)
        operation.cancel()
        concurrent.futures.wait([operation.ended], timeout=_PATIENCE_SECONDS)
        if not operation.ended.done():
            operation.tell(terminated=terminated)
            operation.wait_interruptibly()
    except EnvironmentLoopError:
        raise
    except BaseException:
        _left_behind = operation
        raise


def _begin_anew() -> None:
    """Reset in a forked child: it has no portal thread, and closing the loop would affect the parent's loop."""
    global _lock, _loop, _left_behind
    leave_to_parent(_loop, _left_behind)
    _lock, _loop, _left_behind = threading.Lock(), None, None


in_forked_child(_begin_anew, lambda begin_anew: begin_anew())


def _serve(loop: asyncio.AbstractEventLoop, started: threading.Event) -> None:
    asyncio.set_event_loop(loop)
    loop.call_soon(started.set)
    while True:
        try:
            loop.run_forever()
        except (SystemExit, KeyboardInterrupt) as exc:  # raised by one task: the others still need the loop
            log(
                logging.ERROR,
                "a task on the loop behind the blocking calls raised an exception that ends a process",
                exc,
            )
        else:
            return
