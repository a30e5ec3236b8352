"""The way from synchronous code to the loop behind the `_blocking` calls, which is loaded at the first of them.

Layer: _runtime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


def run_blocking(coro: Coroutine[Any, Any, T], *, blocking: str, awaited: str, terminable: bool = False) -> T:
    """Run `coro` on the portal's loop and wait for it.

    Ctrl-C cancels it and waits until it has left in order; a second one leaves at once, and it behind. So does whatever
    else the handler of a signal raises here.

    Args:
        blocking, awaited: what was called, and what is awaited instead where a loop runs.
        terminable: whether SIGTERM is taken so, too: it raises `SystemExit`, and a second one ends the process.

    Raises:
        BlockingInLoopError: (a RuntimeError) a loop runs in this thread; the message names `blocking` and `awaited`.
    """
    from . import portal

    try:
        portal.refuse_in_loop(blocking, f"await {awaited}")
    except BaseException:
        coro.close()
        raise
    return portal.run(coro, terminable=terminable)
