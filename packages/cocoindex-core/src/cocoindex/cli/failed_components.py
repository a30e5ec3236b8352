"""Tells which components failed: one line each, with the user's part of their tracebacks. Layer `cli`."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from .._described import described
from .._runtime.failure import ExceptionContext
from .failure import report, user_part

# Nobody reads more lines than this; the total is always printed.
_MOST: Final = 50
# The maximum number of lines per period, if failures are printed as they come.
_MOST_AT_ONCE: Final = 10
_WHILE_SECONDS: Final = 5.0
_MOST_PLACES: Final = 200


@contextmanager
def telling_of_failures(*, as_they_come: bool = False) -> Iterator[None]:
    """Collect the failures of components during a block, and print them at its end, also if it raises.

    Args:
        as_they_come: whether to print each failure immediately, because the block may run for a long time.
    """
    logger = logging.getLogger("cocoindex")
    failures = _FailuresAsTheyCome() if as_they_come else _Failures()
    logger.addHandler(failures)
    try:
        yield
    finally:
        logger.removeHandler(failures)
        failures.tell()


class _Failures(logging.Handler):
    """Collects logged failures, in place of the log if the program has not configured one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._groups: dict[str, tuple[str, list[str]]] = {}
        self._count = 0
        self._is_logged = False

    def emit(self, record: logging.LogRecord) -> None:
        is_logged = bool(logging.getLogger().handlers)
        failure: tuple[BaseException, ExceptionContext] | None = getattr(record, "component_failure", None)
        if failure is not None:
            self._is_logged |= is_logged
            self._take(*failure)
        elif not is_logged:
            click.echo(self.format(record), err=True)

    def _take(self, error: BaseException, context: ExceptionContext) -> None:
        self._count += 1
        if self._count <= _MOST:
            told, frames = user_part(error)
            self._groups.setdefault(frames, (told, []))[1].append(_line(error, context))

    def tell(self) -> None:
        """Print the failures, grouped by place in the code, each group after its traceback."""
        for told, lines in self._groups.values():
            if told and not self._is_logged:
                click.echo(told, err=True, nl=False)
            for line in lines:
                report(line)
        if self._count > _MOST:
            report(f"{self._count - _MOST} more components failed")


class _FailuresAsTheyCome(_Failures):
    """Prints each failure immediately, with the traceback if it is the first at its place."""

    def __init__(self) -> None:
        super().__init__()
        self._places: set[str] = set()
        self._since = time.monotonic()

    def _take(self, error: BaseException, context: ExceptionContext) -> None:
        if time.monotonic() - self._since >= _WHILE_SECONDS:
            self.tell()
            self._count, self._since = 0, time.monotonic()
        self._count += 1
        if self._count > _MOST_AT_ONCE:
            return
        told, frames = user_part(error)
        if frames and not self._is_logged and frames not in self._places and len(self._places) < _MOST_PLACES:
            self._places.add(frames)
            click.echo(told, err=True, nl=False)
        report(_line(error, context))

    def tell(self) -> None:
        """Print the number of failures that were not printed."""
        if self._count > _MOST_AT_ONCE:
            report(f"{self._count - _MOST_AT_ONCE} more components failed")


def _line(error: BaseException, context: ExceptionContext) -> str:
    what = "could not be removed: " if context.mount_kind == "delete_background" else ""
    return f"{context.stable_path} ({context.processor_name or 'unknown function'}): {what}{described(error)}"
