"""Run what a command does so that Ctrl-C ends it in order, and a second Ctrl-C at once. Layer `cli`."""

from __future__ import annotations

import os
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from .._runtime import portal

T = TypeVar("T")


def run_interruptibly(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the loop behind the blocking calls, so that this thread is free to be interrupted."""
    return portal.run(work)


def leave_at_once_if_asked(message: str, code: int) -> None:
    """After a second Ctrl-C: end the process, whatever still runs. The next update repairs what it leaves."""
    if portal.is_left_behind():
        sys.stdout.flush()
        sys.stderr.write(f"Error: {message}\n")
        sys.stderr.flush()
        os._exit(code)
