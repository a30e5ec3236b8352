"""Keeps the output of plugins, while they are loaded, apart from the command's own. Layer `cli`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO


@contextmanager
def aside() -> Iterator[None]:
    """Redirect printed text to standard error, through streams that plugins may close or replace."""
    with _standard_error() as out, _standard_error() as error, redirect_stdout(out), redirect_stderr(error):
        yield


def _standard_error() -> TextIO:
    try:
        return os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace")
    except OSError:  # it is closed
        return open(os.devnull, "w")
