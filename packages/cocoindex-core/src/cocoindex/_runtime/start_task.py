"""Starts a task, or closes its coroutine: a program's task factory may raise. Layer: _runtime."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def start_task(
    work: Coroutine[Any, Any, T],
    *,
    loop: asyncio.AbstractEventLoop | None = None,
    context: contextvars.Context | None = None,
) -> asyncio.Task[T]:
    """Run `work` in a task.

    Args:
        loop: the loop; None means the running one.
        context: its context; None means a copy of the current one.

    Raises:
        Exception: whatever the loop's task factory raises; `work` is closed, so that Python does not warn of it.
    """
    try:
        return (loop or asyncio.get_running_loop()).create_task(work, context=context)
    except BaseException:
        work.close()
        raise
