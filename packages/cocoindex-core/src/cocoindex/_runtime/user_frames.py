"""The user's part of a traceback, without the framework's own frames. Layer: _runtime."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from itertools import takewhile
from types import TracebackType
from typing import TypeVar

from .._described import add_note, all_shown_with, is_a, notes_of, parts_of, raised_at, traceback_of
from ..errors import CocoIndexError

E = TypeVar("E", bound=BaseException)

# Connectors and operations are distributions of their own, and need not lie in one folder with this.
_OURS = tuple(os.path.join(folder, "") for folder in sys.modules["cocoindex"].__path__)
_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep
_TITLE = "Traceback (most recent call last):\n"


def user_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames of the exception's traceback, without those of the framework and the standard library."""
    return _of_the_user(traceback.extract_tb(traceback_of(error)))


def frames_text(error: BaseException) -> str:
    """Return the user's frames of an exception in Python's format, and those of what it was made of.

    Those are the frames in the process that it comes from, and of the first exception in a group.
    """
    text = "".join(traceback.format_list(user_frames(error))) + "".join(_frames_elsewhere(error))
    return text + frames_text(next(parts_of(error))) if is_a(error, BaseExceptionGroup) else text


def note_frames_elsewhere(error: BaseException, place: str, frames: str) -> None:
    """Add a note to an exception from another process with the frames there, as `frames_text` or a whole traceback."""
    add_note(error, f"In {place}:\n{frames.rstrip()}")


def _elsewhere(error: BaseException) -> Iterator[str]:
    """Yield what `note_frames_elsewhere` added."""
    for note in notes_of(error):
        place, _, text = note.partition("\n")
        if place.startswith("In ") and place.endswith(":") and text:
            yield text


def _frames_elsewhere(error: BaseException) -> Iterator[str]:
    """Yield the frames in it, without those of causes."""
    for text in _elsewhere(error):
        frames = takewhile(lambda line: line.startswith("  "), text.rpartition(_TITLE)[2].splitlines())
        if (told := "".join(f"{line}\n" for line in frames)).startswith("  File "):
            yield told


def says_where(error: BaseException) -> bool:
    """Return whether the traceback of an exception, or of those shown with it, has any frames."""
    return any(traceback_of(at) is not None or any(_elsewhere(at)) for at in all_shown_with(error))


def without_framework(error: E) -> E:
    """Return an exception after removing the framework's frames from its traceback, and from those shown with it.

    What is below the last frame of user code stays: something went wrong there that nobody foresaw. Nothing stays there
    of an exception of the framework, whose message says everything, and of one from another process. If user code has
    no part in any of the exceptions, and the outermost is not of the framework, it is a fault of the framework, and all
    frames stay.
    """
    ours = _ours()
    shown = [(at, _cut(at, ours)) for at in all_shown_with(error)]
    if is_a(error, CocoIndexError) or any(frames is not None for _, frames in shown):
        for at, frames in shown:
            raised_at(at, frames)
    return error


def _cut(error: BaseException, ours: tuple[str, ...]) -> TracebackType | None:
    frames: list[TracebackType] = []
    at = traceback_of(error)
    while at is not None:
        frames.append(at)
        at = at.tb_next
    kept = [frame for frame in frames if not _is_machinery(frame.tb_frame.f_code.co_filename, ours)]
    if kept and not (is_a(error, CocoIndexError) or any(_elsewhere(error))):
        kept += frames[frames.index(kept[-1]) + 1 :]
    for frame in reversed(kept):
        # In code that has no lines it is None, whatever its type says; Python then looks for it again.
        line: int | None = frame.tb_lineno
        at = TracebackType(at, frame.tb_frame, frame.tb_lasti, -1 if line is None else line)
    return at


def _of_the_user(frames: Sequence[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    ours = _ours()
    return [frame for frame in frames if not _is_machinery(frame.filename, ours)]


def _ours() -> tuple[str, ...]:
    click = sys.modules.get("click")  # calls the command line
    return _OURS if click is None else (*_OURS, os.path.dirname(str(click.__file__)) + os.sep)


def _is_machinery(file: str, ours: tuple[str, ...]) -> bool:
    standard = file.startswith(_STANDARD_LIBRARY) and "site-packages" not in file
    return standard or file.startswith((*ours, "<frozen "))
