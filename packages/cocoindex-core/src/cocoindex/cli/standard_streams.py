"""Replaces standard streams that were closed by the caller, as in `cocoindex update >&-`. Layer `cli`."""

from __future__ import annotations

import os
import sys


def open_closed_streams() -> None:
    """Open the null device in place of closed standard streams.

    For these, Python has None, and the next opened file, such as that of a database, would get their file descriptor,
    so that a library's output would be written into it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            descriptor = os.open(os.devnull, os.O_RDWR)
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  # it stays open
