"""Locates an exception in user code, without the framework's own frames. Layer `cli`."""

from __future__ import annotations

import os
import sys
import traceback

import click

from .._described import traceback_of
from .._runtime.failure import component_note

# Connectors and operations are distributions of their own, and need not lie in one folder with this.
_OURS = tuple(os.path.join(folder, "") for folder in sys.modules["cocoindex"].__path__)
_CLICK = os.path.dirname(click.__file__) + os.sep
_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep


def user_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames of the exception's traceback, without those of the framework and the standard library."""
    return [frame for frame in traceback.extract_tb(traceback_of(error)) if not _is_machinery(frame.filename)]


def place_of(error: BaseException) -> str:
    """Return ` (FILE:LINE, in FUNCTION; in component PATH)`: the last of the user's frames, and the component.

    Unknown parts are omitted. The message of a `SyntaxError` contains its location already.
    """
    frames = [] if isinstance(error, SyntaxError) else user_frames(error)
    last = [f"{os.path.basename(frame.filename)}:{frame.lineno}, in {frame.name}" for frame in frames[-1:]]
    note = component_note(error)
    parts = "; ".join(last if note is None else [*last, note])
    return f" ({parts})" if parts else ""


def _is_machinery(file: str) -> bool:
    standard = file.startswith(_STANDARD_LIBRARY) and "site-packages" not in file
    return standard or file.startswith((*_OURS, _CLICK, "<frozen "))
