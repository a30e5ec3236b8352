"""Logging that never fails, although users' log handlers and logged objects may raise. Layer: _runtime."""

from __future__ import annotations

import sys
from typing import Final

from .._described import can_be_traced, described, is_a, notes_of, traceback_of

WARNING: Final = 30  # as in `logging`, which is imported when there is something to log
ERROR: Final = 40


def log(level: int, message: str, error: BaseException | None = None, **fields: object) -> None:
    """Log `message` with the traceback of `error`; to standard error if a log handler raises.

    Args:
        fields: further attributes of the record.

    Only Ctrl-C and SIGTERM pass through.
    """
    import logging

    if error is not None and not can_be_traced(error):
        # A handler would fail on it: as much of it as possible goes into the message.
        import traceback

        message = "\n".join([message, *notes_of(error), *traceback.format_tb(traceback_of(error))]).rstrip()
        error = None
    try:
        logging.getLogger("cocoindex").log(level, "%s", message, exc_info=error, stacklevel=2, extra=fields)
    except BaseException as raised:  # whatever user code raises
        from .termination import Terminated  # whose import of `signal` costs more than that of many others

        if is_a(raised, KeyboardInterrupt, Terminated):
            raise
        _print(f"{message}\n(a handler of the log raised {described(raised)})")


def _print(text: str) -> None:
    try:
        sys.stderr.write(f"{text}\n")
    except Exception:  # it is closed, or None
        pass
