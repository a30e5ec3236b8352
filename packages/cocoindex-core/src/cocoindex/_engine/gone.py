"""Whether a component failed because what it was to read is gone. Layer: _engine."""

from __future__ import annotations

from ..errors import SourceItemGoneError

_DEEP = 16


def is_gone(error: BaseException) -> bool:
    """Whether an error says that an item of a source is gone, or was raised because of one that does.

    Files are often read by code that knows nothing of sources, so that the built-in error counts, too.
    """
    at: BaseException | None = error
    for _ in range(_DEEP):
        if at is None:
            return False
        if isinstance(at, SourceItemGoneError | FileNotFoundError):
            return True
        at = at.__cause__ or at.__context__
    return False
