"""The event loop behind the `_blocking` calls: one daemon thread a process, started at the first of them.

Layer: _runtime.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import BlockingInLoopError

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def portal_loop() -> asyncio.AbstractEventLoop:
    """The portal's loop; starts its thread where it does not run."""
    global _loop
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            started = threading.Event()
            threading.Thread(target=_serve, args=(_loop, started), name="cocoindex-portal", daemon=True).start()
            started.wait()
        return _loop


def refuse_in_loop(blocking: str, awaited: str) -> None:
    """Raise where a loop runs in this thread: blocking it would stop everything that it serves."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise BlockingInLoopError(blocking, awaited)


def run(coro: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
    """Run `coro` on the portal's loop and wait for it, at most `timeout` seconds; see `run_blocking`."""
    loop = portal_loop()
    future = asyncio.run_coroutine_threadsafe(coro, loop)
    try:
        return future.result(timeout)
    except KeyboardInterrupt:
        future.cancel()
        _wait_for_tasks(loop)
        raise


def _wait_for_tasks(loop: asyncio.AbstractEventLoop) -> None:
    async def settle() -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.gather(*others, return_exceptions=True)

    concurrent.futures.wait([asyncio.run_coroutine_threadsafe(settle(), loop)])


def _serve(loop: asyncio.AbstractEventLoop, started: threading.Event) -> None:
    asyncio.set_event_loop(loop)
    loop.call_soon(started.set)
    loop.run_forever()
