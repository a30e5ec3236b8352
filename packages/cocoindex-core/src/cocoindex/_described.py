"""What an exception says, and notes on it, whatever its class does: it comes from users, and may refuse both.

Beside `errors`, above all layers.
"""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 20_000


def text_of(error: BaseException) -> str:
    """Return `str(error)`, in bounded length; the name of its class where that raises. It never raises."""
    try:
        text = str(error)
    except BaseException as raised:  # whatever user code raises
        return f"<{type(error).__qualname__}, whose str() raises {type(raised).__qualname__}>"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def described(error: BaseException) -> str:
    """Return the name of its class and what it says, as the last line of a traceback has them. It never raises."""
    text = text_of(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def notes_of(error: BaseException) -> list[str]:
    """Return the notes on an exception; none where it does not give them."""
    try:
        return [note for note in getattr(error, "__notes__", ()) if isinstance(note, str)]
    except BaseException:  # whatever user code raises
        return []


def add_note(error: BaseException, note: str) -> None:
    """Add a note to an exception, also to one that is frozen; nothing happens to one that takes none."""
    try:
        # As BaseException.add_note() does, but for what the class makes of it.
        object.__setattr__(error, "__notes__", [*notes_of(error), note])
    except BaseException:  # whatever user code raises
        pass


def can_be_traced(error: BaseException) -> bool:
    """Return whether the traceback module can format it, with its causes: not where `__notes__` raises."""
    import traceback

    try:
        traceback.TracebackException(type(error), error, None, limit=0)
    except BaseException:  # whatever user code raises
        return False
    return True
