"""Whether a component failed because what it was to read is gone. Layer: _engine."""

from __future__ import annotations

from itertools import islice

from .._described import is_a, origins
from ..errors import SourceItemGoneError

_DEEP = 16


def is_gone(error: BaseException) -> bool:
    """Whether an error says that an item of a source is gone, or was raised because of one that does.

    Files are often read by code that knows nothing of sources, so that the built-in error counts, too.
    """
    return any(is_a(at, SourceItemGoneError, FileNotFoundError) for at in islice(origins(error), _DEEP))
