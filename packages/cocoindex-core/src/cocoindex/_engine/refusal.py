"""Distinguishes a target that refuses a write from one that cannot be reached. Layer: _engine."""

from __future__ import annotations

import errno
import os
from typing import Final

from .._described import is_a, names_of_classes, raised_from

_MISTAKES: Final = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, AssertionError)
"""What Python raises for a value that a sink cannot handle."""

_DRIVERS_REFUSE: Final = frozenset({"DataError", "IntegrityError"})
"""What the exceptions of database drivers are called that are about what is written (DB-API 2.0)."""

_OF_NAMES_AND_VALUES: Final = frozenset(
    {
        errno.EDOM,
        errno.EEXIST,
        errno.EFBIG,
        errno.EILSEQ,
        errno.EINVAL,
        errno.EISDIR,
        errno.ELOOP,
        errno.EMSGSIZE,
        errno.ENAMETOOLONG,
        errno.ENOTDIR,
        errno.ENOTEMPTY,
        errno.EOVERFLOW,
        errno.ERANGE,
    }
)
"""What systems say of a name or a value."""

_OF_PATHS: Final = frozenset({errno.EACCES, errno.EBUSY, errno.ENOENT, errno.EPERM, errno.EROFS, errno.ETXTBSY})
"""What a file system says of a path: others may be written. Of a server they may mean all that it has."""


def is_refusal(error: BaseException) -> bool:
    """Return whether a target failed because of what was written, and not because it cannot be reached.

    If the type of an error does not say, its cause decides. A group counts as a refusal if all its members do.
    """
    try:
        return next((said for said in map(_says, raised_from(error)) if said is not None), False)
    except BaseException:  # whatever user code raises
        return False


def _says(error: BaseException) -> bool | None:
    """Return what the type of an error says; None if nothing."""
    if is_a(error, *_MISTAKES) or not _DRIVERS_REFUSE.isdisjoint(names_of_classes(error)):
        return True
    if is_a(error, OSError):
        return error.errno in _OF_NAMES_AND_VALUES or (
            error.errno in _OF_PATHS and isinstance(error.filename, str | bytes) and os.path.isabs(error.filename)
        )
    if is_a(error, BaseExceptionGroup):
        return all(is_refusal(inner) for inner in error.exceptions)
    return None
