"""The user's part of a traceback, without the framework's own frames. Layer: _runtime."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from types import TracebackType
from typing import TypeVar

from .._described import add_note, is_a, notes_of, parts_of, raised_at, traceback_of
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
    text = "".join(traceback.format_list(user_frames(error))) + "".join(_elsewhere(notes_of(error)))
    return text + frames_text(next(parts_of(error))) if is_a(error, BaseExceptionGroup) else text


def note_frames_elsewhere(error: BaseException, place: str, frames: str) -> None:
    """Add a note to an exception from another process with the frames there, as `frames_text` or a whole traceback."""
    add_note(error, f"In {place}:\n{frames.rstrip()}")


def _elsewhere(notes: Iterable[str]) -> Iterator[str]:
    """Yield the frames that `note_frames_elsewhere` added, without those of causes."""
    for note in notes:
        place, _, text = note.partition("\n")
        if place.startswith("In "):
            frames = takewhile(lambda line: line.startswith("  "), text.rpartition(_TITLE)[2].splitlines())
            if (told := "".join(f"{line}\n" for line in frames)).startswith("  File "):
                yield told


def user_traceback(error: BaseException) -> str:
    """Return the traceback of an exception and of its causes, in Python's format, through user code only.

    If user code has no part in it, an exception of the framework says everything in its message, so this is empty. Any
    other is a fault of the framework, and has all frames.

    Raises:
        Exception: whatever the exception raises when it is asked for its text or its notes.
    """
    told = traceback.TracebackException(type(error), error, traceback_of(error), compact=True)
    if _shorten(told):
        return "".join(told.format()).rstrip("\n")
    if is_a(error, CocoIndexError):
        return ""
    return "".join(traceback.format_exception(type(error), error, traceback_of(error))).rstrip("\n")


def raised_by_user_code(error: E) -> E:
    """Return an exception as if only user code had passed it on: without the framework's frames above that.

    One that no user code has passed on keeps all frames, unless it is of the framework, whose message says everything.
    """
    frames: list[TracebackType] = []
    at = traceback_of(error)
    while at is not None:
        frames.append(at)
        at = at.tb_next
    ours = _ours()
    kept = [frame for frame in frames if not _is_machinery(frame.tb_frame.f_code.co_filename, ours)]
    if is_a(error, CocoIndexError):
        frames = kept
    elif kept:  # below the user's last frame everything stays: there something went wrong that nobody foresaw
        frames = [*kept, *frames[frames.index(kept[-1]) + 1 :]]
    for frame in reversed(frames):
        # In code that has no lines it is None, whatever its type says; Python then looks for it again.
        line: int | None = frame.tb_lineno
        at = TracebackType(at, frame.tb_frame, frame.tb_lasti, -1 if line is None else line)
    return raised_at(error, at)


def _shorten(told: traceback.TracebackException) -> bool:
    """Remove the framework's frames, and the last causes that had no others; return whether any frames are left."""
    chain = [told]
    while (before := _before(chain[-1])) is not None:
        chain.append(before)
    are_left = [_shorten_one(each) for each in chain]
    while len(chain) > 1 and not are_left[-1]:
        chain.pop()
        are_left.pop()
        chain[-1].__cause__ = chain[-1].__context__ = None
    return any(are_left)


def _before(told: traceback.TracebackException) -> traceback.TracebackException | None:
    return told.__cause__ or (None if told.__suppress_context__ else told.__context__)


def _shorten_one(told: traceback.TracebackException) -> bool:
    frames = _of_the_user(told.stack)
    told.stack = traceback.StackSummary.from_list(frames)
    return any([frames, any(_elsewhere(notes_of(told))), *map(_shorten, told.exceptions or ())])


def _of_the_user(frames: Sequence[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    ours = _ours()
    return [frame for frame in frames if not _is_machinery(frame.filename, ours)]


def _ours() -> tuple[str, ...]:
    click = sys.modules.get("click")  # calls the command line
    return _OURS if click is None else (*_OURS, os.path.dirname(str(click.__file__)) + os.sep)


def _is_machinery(file: str, ours: tuple[str, ...]) -> bool:
    standard = file.startswith(_STANDARD_LIBRARY) and "site-packages" not in file
    return standard or file.startswith((*ours, "<frozen "))
