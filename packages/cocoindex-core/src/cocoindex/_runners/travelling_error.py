"""An exception on its way from another process: pickles of exceptions hold neither tracebacks nor causes.

Layer: _runners.
"""

from __future__ import annotations

import pickle
import traceback
from typing import Final, NamedTuple

from .._described import add_note, cause_of, described, is_a, name_of_class, text_of, traceback_of

_MOST_CAUSES: Final = 20


class TravellingError(NamedTuple):
    """What can travel of an exception.

    Attributes:
        pickled: the exception; None where it cannot come back as it was.
        told: what it was, where it cannot.
        text: its traceback.
        cause: its cause.
    """

    pickled: bytes | None
    told: str
    text: str
    cause: TravellingError | None


def pack_error(error: BaseException, most: int = _MOST_CAUSES) -> TravellingError:
    """An exception as it can travel, with up to `most` causes, which may go in a circle."""
    raised_from = cause_of(error)
    cause = None if raised_from is None or most == 0 else pack_error(raised_from, most - 1)
    if not is_a(error, Exception):
        return TravellingError(None, f"{name_of_class(error)}({text_of(error)})", _traceback_of(error), cause)
    pickled = _pickled(error)
    told = "" if pickled is not None else f"{described(error)}, which cannot be pickled"
    return TravellingError(pickled, told, _traceback_of(error), cause)


def unpack_error(packed: TravellingError, name: str, place: str, error_type: type[Exception]) -> BaseException:
    """The exception as it was, with its traceback from there as a note; an `error_type` where it cannot be that."""
    error: BaseException | None = None
    if packed.pickled is not None:
        try:
            error = pickle.loads(packed.pickled)
        except BaseException as raised:  # its class may not be here, whatever that raises
            packed = packed._replace(told=f"an exception that cannot be unpickled here ({described(raised)})")
    if error is None:
        error = error_type(f"{name} raised {packed.told} in {place}")
    if packed.text:
        add_note(error, f"In {place}:\n{packed.text.rstrip()}")
    if packed.cause is not None:
        # Also where the class refuses it.
        object.__setattr__(error, "__cause__", unpack_error(packed.cause, name, place, error_type))
    return error


def _pickled(error: BaseException) -> bytes | None:
    """Its pickle, where the other process gets an equal exception from that, of which all can be had there."""
    try:
        pickled = pickle.dumps(error)
        copy = pickle.loads(pickled)
        return pickled if type(copy) is type(error) and str(copy) == str(error) else None
    except BaseException:  # whatever user code raises
        return None


def _traceback_of(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except BaseException:  # whatever user code raises
        return "".join(traceback.format_tb(traceback_of(error))) + described(error)
