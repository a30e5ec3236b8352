"""Translates errors of LMDB and the operating system into errors of the store, with advice.

Layer `_store`.
"""

from __future__ import annotations

import errno
from typing import Final

import lmdb

from cocoindex.errors import StoreCorruptedError, StoreError, StoreFullError, StoreOpenError, TooManyAppsError

_DAMAGE: Final = (
    lmdb.CorruptedError,
    lmdb.InvalidError,
    lmdb.PageNotFoundError,
    lmdb.PanicError,
    lmdb.VersionMismatchError,
    lmdb.IncompatibleError,
    lmdb.BadDbiError,
    lmdb.CursorFullError,
    lmdb.BadTxnError,  # the error of a transaction after it found damage
)
# LMDB reports EIO for a short write, which is the first sign of a full disk.
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def is_without_room(error: lmdb.Error | OSError) -> bool:
    """Return whether the error means a full or failing disk."""
    return (error.errno if isinstance(error, OSError) else getattr(error, "code", None)) in _NO_ROOM


LMDB_ERRORS: Final = (lmdb.Error, SystemError, MemoryError)
"""What LMDB raises; its Python side fails with a SystemError at some kinds of damage."""


def explain(error: lmdb.Error | SystemError | MemoryError | OSError, path: str) -> StoreError:
    """Return the error to raise for `error`, which occurred in the database `path`."""
    if isinstance(error, SystemError):
        return damaged(path, str(error.__cause__ or error))
    code = error.errno if isinstance(error, OSError) else getattr(error, "code", None)  # our own errors have none
    if code == errno.ENOMEM or isinstance(error, MemoryError):
        return StoreOpenError(
            f"cannot use the database {path}: this process has no memory or address space left for it ({error}); raise"
            " the limit (`ulimit -v`) or set a smaller map_size (COCOINDEX_LMDB_MAP_SIZE)"
        )
    if is_without_room(error):
        return StoreFullError(
            f"cannot write the database {path}, its disk is full or failing: {error}; nothing of this transaction was"
            " written; make room there and run again"
        )
    if isinstance(error, _DAMAGE):
        return damaged(path, str(error))
    if isinstance(error, lmdb.DbsFullError):
        return too_many_apps(path)
    if isinstance(error, OSError | lmdb.ReadonlyError | lmdb.LockError) or (code or 0) > 0:
        return StoreOpenError(f"cannot use the database {path}: {error}; check the path and its permissions")
    return StoreError(f"the database {path} cannot be read or written: {error}")


def too_many_apps(path: str) -> TooManyAppsError:
    """Return the error for a process that uses too many apps of a database."""
    return TooManyAppsError(
        f"this process uses more apps of the database {path} at once than it was opened for;"
        " raise max_dbs (COCOINDEX_LMDB_MAX_DBS)"
    )


def damaged(path: str, why: str) -> StoreCorruptedError:
    """Return the error for a database with damaged files."""
    return StoreCorruptedError(
        f"the database {path} is damaged, or is not a database of this framework: {why};"
        " restore it from a copy, or remove that folder and update again, which rebuilds it from the sources"
    )
