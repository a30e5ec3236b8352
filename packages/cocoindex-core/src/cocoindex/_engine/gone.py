"""Recognizes failures whose cause is that a source item is gone. Layer: _engine."""

from __future__ import annotations

from itertools import islice

from .._described import is_a, origins
from ..errors import SourceItemGoneError

_DEEP = 16


def is_gone(error: BaseException) -> bool:
    """Return whether an error says that a source item is gone, or has such an error as its cause.

    The built-in FileNotFoundError counts, too, because files are often read by code that knows nothing of sources.
    """
    return any(is_a(at, SourceItemGoneError, FileNotFoundError) for at in islice(origins(error), _DEEP))
