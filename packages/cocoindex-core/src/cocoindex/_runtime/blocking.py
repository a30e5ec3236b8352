"""The bridge from sync code to the event loop behind the `_blocking` calls, which is loaded at the first of them.

Layer: _runtime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


def run_blocking(coro: Coroutine[Any, Any, T], *, blocking: str, awaited: str, terminable: bool = False) -> T:
    """Run `coro` on the portal's loop and wait for it.

    Ctrl-C cancels it and waits for its orderly end; a second Ctrl-C returns at once and abandons it. So does any other
    exception that a signal handler raises here.

    Args:
        blocking, awaited: the call, and what to await instead if an event loop runs.
        terminable: whether SIGTERM works the same way: it raises `SystemExit`, and a second one ends the process.

    Raises:
        BlockingInLoopError: (a RuntimeError) an event loop runs in this thread; the message names `blocking` and
            `awaited`.
    """
    from . import portal
    from .user_frames import without_framework

    try:
        portal.refuse_in_loop(blocking, f"await {awaited}")
    except BaseException:
        coro.close()
        raise
    try:
        return portal.run(coro, terminable=terminable)
    except BaseException as error:
        raise without_framework(error)  # noqa: B904  # the same exception
