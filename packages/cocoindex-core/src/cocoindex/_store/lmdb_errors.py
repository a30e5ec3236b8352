"""What LMDB and the operating system report, said in terms of the database and what to do about it.

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
)
# LMDB reports EIO when a write was cut short, which is how a full disk shows first.
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def explain(error: lmdb.Error | OSError, path: str) -> StoreError:
    """Return the error to raise from `error`, which came up at the database `path`."""
    code = error.errno if isinstance(error, OSError) else error.code
    if code in _NO_ROOM:
        return StoreFullError(
            f"cannot write the database {path}, its disk is full or failing: {error}; nothing of this transaction was"
            " written; make room there and run again"
        )
    if isinstance(error, _DAMAGE):
        return damaged(path, str(error))
    if isinstance(error, lmdb.DbsFullError):
        return TooManyAppsError(
            f"this process uses more apps of the database {path} at once than it was opened for;"
            " raise max_dbs (COCOINDEX_LMDB_MAX_DBS)"
        )
    if isinstance(error, OSError) or error.code > 0 or isinstance(error, lmdb.ReadonlyError | lmdb.LockError):
        return StoreOpenError(f"cannot use the database {path}: {error}; check the path and its permissions")
    return StoreError(f"the database {path} cannot be read or written: {error}")


def damaged(path: str, why: str) -> StoreCorruptedError:
    """Return the error for a database whose files are not what was written."""
    return StoreCorruptedError(
        f"the database {path} is damaged, or is not a database of this framework: {why};"
        " restore it from a copy, or remove that folder and update again, which rebuilds it from the sources"
    )
