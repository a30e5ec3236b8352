"""Exceptions sent from another process: pickles of exceptions contain neither tracebacks nor causes.

Layer: _runners.
"""

from __future__ import annotations

import io
import pickle
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from .._described import cause_of, described, is_a, name_of_class, text_of, traceback_of
from .._runtime.user_frames import frames_text, note_frames_elsewhere, says_where, without_framework

_MOST_CAUSES: Final = 20


class TravellingError(NamedTuple):
    """The picklable parts of an exception.

    Attributes:
        pickled: the pickled exception; None if it cannot be restored.
        told: its description, if it cannot be restored.
        text: where it was raised: the user's frames, or the whole traceback of a group or of what no user code raised.
        cause: its cause.
    """

    pickled: bytes | None
    told: str
    text: str
    cause: TravellingError | None


def pack_error(error: BaseException, most: int = _MOST_CAUSES) -> TravellingError:
    """Return the picklable form of an exception, with up to `most` causes, which may form a cycle."""
    raised_from = cause_of(error)
    cause = None if raised_from is None or most == 0 else pack_error(raised_from, most - 1)
    if not is_a(error, Exception):
        return TravellingError(None, f"{name_of_class(error)}({text_of(error)})", _where(error), cause)
    pickled = _pickled(error)
    told = "" if pickled is not None else f"{described(error)}, which cannot be pickled"
    return TravellingError(pickled, told, _where(error), cause)


def unpack_error(packed: TravellingError, name: str, place: str, error_type: type[Exception]) -> BaseException:
    """Return the restored exception, with its original frames as a note; an `error_type` if it cannot be restored."""
    error: BaseException | None = None
    if packed.pickled is not None:
        try:
            error = pickle.loads(packed.pickled)
        except BaseException as raised:  # its class may be missing here, whatever that raises
            packed = packed._replace(told=f"an exception that cannot be unpickled here ({described(raised)})")
    if error is None:
        error = error_type(f"{name} raised {packed.told} in {place}")
    if packed.text:
        note_frames_elsewhere(error, place, packed.text)
    if packed.cause is not None:
        # Also if the class refuses it.
        object.__setattr__(error, "__cause__", unpack_error(packed.cause, name, place, error_type))
    return error


def _pickled(error: BaseException) -> bytes | None:
    """Return its pickle, if the other process can restore an equal exception with all its attributes.

    If its class takes other arguments than `Exception` keeps, it is created there without its `__init__`.
    """
    return _checked(error, pickle.dumps) or _checked(error, _pickled_without_init)


def _checked(error: BaseException, dump: Callable[[Any], bytes]) -> bytes | None:
    try:
        pickled = dump(error)
        copy = pickle.loads(pickled)
        return pickled if type(copy) is type(error) and text_of(copy) == text_of(error) else None
    except BaseException:  # whatever user code raises
        return None


def _pickled_without_init(error: BaseException) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(error)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    """Pickles exceptions by their parts if they cannot be pickled directly, also inside groups."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, BaseException) or _checked(value, pickle.dumps) is not None:
            return NotImplemented
        if any(vars(each).get("__slots__") for each in type(value).__mro__):
            return NotImplemented  # attributes set there are unknown here
        _, args, *state = _built_in(type(value)).__reduce__(value)
        return _made, (type(value), args, *state)


def _made(
    kind: type[BaseException], args: tuple[Any, ...], attributes: Mapping[str, Any] | None = None
) -> BaseException:
    """Return an exception with these arguments and attributes, created like Python does."""
    built_in = _built_in(kind)
    error: BaseException = built_in.__new__(kind, *args)
    built_in.__init__(error, *args)
    for name, value in (attributes or {}).items():
        object.__setattr__(error, name, value)  # also if the class refuses it
    return error


def _built_in(kind: type[BaseException]) -> Any:
    """Return the built-in class that it derives from."""
    return next(each for each in kind.__mro__ if each.__module__ == "builtins")


def _where(error: BaseException) -> str:
    try:
        # Causes travel; parts of groups, and what was being handled, do so in this text only.
        is_whole = is_a(error, BaseExceptionGroup) or not (error.__suppress_context__ or error.__context__ is None)
        if not is_whole and (frames := frames_text(error)):
            return frames
        return "".join(traceback.format_exception(error)) if says_where(without_framework(error)) else ""
    except BaseException:  # whatever user code raises
        return "".join(traceback.format_tb(traceback_of(error))) + described(error)
