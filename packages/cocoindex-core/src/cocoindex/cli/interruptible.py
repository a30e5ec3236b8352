"""Run a command so that Ctrl-C or SIGTERM ends it in order, and a second one immediately. Layer `cli`."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from typing import Any, Final, NoReturn, TextIO, TypeVar

from .._runtime import portal
from .._runtime.termination import end_at_once

T = TypeVar("T")

_SAYING_SECONDS = 0.5
#: A table on the terminal hides it.
_SHOW_CURSOR: Final = "\x1b[?25h"


def run_interruptibly(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the event loop of the blocking calls, so that this thread can be interrupted."""
    return portal.run(work)


def leave_at_once(signum: signal.Signals) -> NoReturn:
    """End the process after a second signal, without waiting; the next update repairs interrupted work."""
    how = "interrupted" if signum is signal.SIGINT else "terminated"
    # In a thread, as nobody may read what is printed, or the interrupted code be about to print.
    saying = threading.Thread(target=_say, args=(f"Error: {how} twice; the next update repairs what was under way",))
    saying.daemon = True
    saying.start()
    saying.join(_SAYING_SECONDS)
    end_at_once(signum)


def _say(message: str) -> None:
    # First, and past the buffer, whose lock the interrupted code may hold: it never goes on.
    with contextlib.suppress(Exception):
        _write_unbuffered(sys.stderr, f"{message}\n")
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    with contextlib.suppress(Exception):
        if (out := sys.__stdout__) is not None and out.isatty():  # while a table is shown, `sys.stdout` is another
            out.write(_SHOW_CURSOR)
            out.flush()


def _write_unbuffered(stream: TextIO, text: str) -> None:
    try:
        descriptor = stream.fileno()
    except (AttributeError, OSError):  # not a file
        stream.write(text)
        stream.flush()
    else:
        os.write(descriptor, text.encode(stream.encoding, errors="backslashreplace"))
