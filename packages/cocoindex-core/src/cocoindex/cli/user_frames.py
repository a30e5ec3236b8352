"""Where in a user's code an exception comes from, without the framework's own frames. Layer `cli`."""

from __future__ import annotations

import os
import traceback

import click

_OURS = os.path.dirname(os.path.dirname(__file__)) + os.sep
_CLICK = os.path.dirname(click.__file__) + os.sep
_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep


def user_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames that the exception went through, but for the framework's and the standard library's."""
    return [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_machinery(frame.filename)]


def place_of(error: BaseException) -> str:
    """Return ` (FILE:LINE, in FUNCTION)` for the last of the user's frames; nothing where there is none.

    A `SyntaxError` says by itself where it is.
    """
    frames = user_frames(error)
    if not frames or isinstance(error, SyntaxError):
        return ""
    last = frames[-1]
    return f" ({os.path.basename(last.filename)}:{last.lineno}, in {last.name})"


def _is_machinery(file: str) -> bool:
    standard = file.startswith(_STANDARD_LIBRARY) and "site-packages" not in file
    return standard or file.startswith((_OURS, _CLICK, "<frozen "))
