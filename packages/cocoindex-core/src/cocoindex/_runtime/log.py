"""Logging that never fails, although users' log handlers and logged objects may raise. Layer: _runtime."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from cocoindex._shown import without_passwords

from .._described import can_be_traced, described, is_a, notes_of, traceback_of

if TYPE_CHECKING:
    import logging

WARNING: Final = 30  # as in `logging`, which is imported when there is something to log
ERROR: Final = 40


def log(level: int, message: str, error: BaseException | None = None, **fields: object) -> None:
    """Log `message` with the traceback of `error` through user code; to standard error if a log handler raises.

    Args:
        fields: further attributes of the record.

    Passwords that the message or the traceback quotes are replaced by `***`. Only Ctrl-C and SIGTERM pass through.
    """
    import logging

    message = without_passwords(message)
    if error is not None and not can_be_traced(error):
        # A handler would fail on it: as much of it as possible goes into the message.
        import traceback

        from .user_frames import without_framework

        frames = traceback.format_tb(traceback_of(without_framework(error)))
        message = "\n".join([message, *notes_of(error), *frames]).rstrip()
        error = None
    try:
        logger = logging.getLogger("cocoindex")
        if logger.isEnabledFor(level):
            logger.handle(_record(logger, level, message, error, fields))
    except BaseException as raised:  # whatever user code raises
        from .termination import Terminated  # whose import of `signal` costs more than that of many others

        if is_a(raised, KeyboardInterrupt, Terminated):
            raise
        _print(f"{message}\n(a handler of the log raised {described(raised)})")


def _record(
    logger: logging.Logger, level: int, message: str, error: BaseException | None, fields: dict[str, object]
) -> logging.LogRecord:
    import logging

    file, line, function, _ = logger.findCaller(stacklevel=3)
    info = None
    if error is not None:
        from .user_frames import says_where, without_framework

        if says_where(without_framework(error)):
            info = (type(error), error, traceback_of(error))
    record = logger.makeRecord(logger.name, level, file, line, "%s", (message,), info, function, fields)
    if info is not None:
        text = logging.Formatter().formatException(info)
        if (told := without_passwords(text)) != text:
            record.exc_text = told  # which a formatter takes for its own; a cause may be of any library
    return record


def _print(text: str) -> None:
    try:
        sys.stderr.write(f"{text}\n")
    except Exception:  # it is closed, or None
        pass
