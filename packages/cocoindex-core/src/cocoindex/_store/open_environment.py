"""Opens the files of an LMDB database, after checking that they are intact.

Layer `_store`.
"""

from __future__ import annotations

import contextlib
import os
from typing import Final

import lmdb

from cocoindex.errors import StoreError, StoreOpenError, StoreVersionError

from .lmdb_errors import damaged, explain
from .partition import PARTITIONS

FORMAT_VERSION: Final = 2
FORMAT_KEY: Final = b"format"
_MAX_READERS: Final = 1024
_ATTEMPTS: Final = 100
_SMALLEST_MAP: Final = 1 << 20


def data_file(path: str) -> str:
    """Return the data file of the database `path`."""
    return os.path.join(path, "data.mdb")


def is_file_there(file: str) -> bool:
    """Return whether there is such a file; unlike `os.path.exists`, raise if that cannot be known.

    Raises:
        StoreOpenError: its folder or one above it cannot be read.
    """
    try:
        os.stat(file)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise explain(error, os.path.dirname(file)) from error
    return True


def open_environment(path: str, *, map_size: int, max_dbs: int, readonly: bool) -> lmdb.Environment:
    """Return the environment, after checking that it has the format of this version.

    Raises:
        StoreOpenError, StoreCorruptedError, StoreVersionError, StoreFullError: it cannot be used.
    """
    size = _whole_pages(map_size)
    for _ in range(_ATTEMPTS):
        try:
            _prepare_folder(path, readonly)
            environment = lmdb.open(
                path,
                map_size=size,
                max_dbs=max_dbs * PARTITIONS,
                max_readers=_MAX_READERS,
                readonly=readonly,
                lock=not readonly or _can_lock(path),
                mode=0o600,
            )
            return _checked(environment, path, readonly)
        except lmdb.MapResizedError:
            continue  # another process grew it in between
        except lmdb.MemoryError as error:
            # The address space is limited; the map grows with the data as far as possible.
            size = _whole_pages(size // 2)
            if size < _SMALLEST_MAP:
                raise explain(error, path) from error
        except StoreError:
            raise
        except (lmdb.Error, OSError) as error:
            raise explain(error, path) from error
    raise damaged(path, "its header says that it is larger than any map can be")


def _checked(environment: lmdb.Environment, path: str, readonly: bool) -> lmdb.Environment:
    try:
        _check_length(environment, path, readonly)
        environment.reader_check()
        _check_format(environment, path, readonly)
    except BaseException:
        environment.close()
        raise
    return environment


def _prepare_folder(path: str, readonly: bool) -> None:
    data = data_file(path)
    if is_file_there(path) and not os.path.isdir(path):
        raise StoreOpenError(f"{path} is a file; the path of a database is a folder, which is made where it is missing")
    if is_file_there(data):
        # Locks are taken only in databases that were written before.
        if os.path.getsize(data) == 0 and os.path.isdir(os.path.join(path, "locks")):
            raise damaged(path, "data.mdb is empty")
    elif readonly:
        raise StoreOpenError(f"there is no database at {path}; check the path, or run an update first")
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
    lock = os.path.join(path, "lock.mdb")
    if os.path.islink(lock):  # LMDB would write into its target
        raise StoreOpenError(f"the lock file {lock} is a link, which is not followed; remove it")


def _can_lock(path: str) -> bool:
    # Without a lock file there is no writer; one that cannot be written is on a read-only disk or belongs to another
    # user.
    return os.access(os.path.join(path, "lock.mdb"), os.W_OK)


def _whole_pages(size: int) -> int:
    return max(-(-size // 65536), 1) * 65536


def _check_length(environment: lmdb.Environment, path: str, readonly: bool) -> None:
    # To read a page that was cut off would kill the process. Pages at the end may rightly be missing, when they
    # were freed before they were written; only then is the whole file looked at, which takes a while.
    if not _is_short(environment, path):
        return
    if readonly:
        _verify(environment, path)
    else:
        with environment.begin(write=True):  # so that nobody changes it meanwhile
            _verify(environment, path)


def _is_short(environment: lmdb.Environment, path: str) -> bool:
    pages = environment.info()["last_pgno"] + 1
    return os.path.getsize(data_file(path)) < pages * environment.stat()["psize"]


def _verify(environment: lmdb.Environment, path: str) -> None:
    from lmdb import verify

    seen = environment.info()["last_txnid"]
    try:
        problems = verify.verify(path)  # type: ignore[no-untyped-call]  # lmdb.verify has no annotations
    except verify.VerifyError as error:
        problems = [str(error)]
    # A process that wrote meanwhile invalidates the result, but has checked the file itself when it opened it.
    if problems and environment.info()["last_txnid"] == seen:
        raise damaged(path, problems[0])


def _check_format(environment: lmdb.Environment, path: str, readonly: bool) -> None:
    with environment.begin() as transaction:
        found = transaction.get(FORMAT_KEY)
        is_empty = transaction.stat(environment.open_db(txn=transaction))["entries"] == 0
    if found is None and is_empty:
        if not readonly:
            _write_format(environment, path)
        return
    if found is None:
        raise damaged(path, "another program's data is in it")
    if found != b"%d" % FORMAT_VERSION:
        raise StoreVersionError(
            f"the database {path} has format {found.decode('ascii', 'backslashreplace')}, and this version of"
            f" cocoindex-core reads format {FORMAT_VERSION}; install the version that wrote it, or remove that folder"
            " and update again, which rebuilds it from the sources"
        )


def _write_format(environment: lmdb.Environment, path: str) -> None:
    with environment.begin(write=True) as transaction:
        transaction.put(FORMAT_KEY, b"%d" % FORMAT_VERSION, overwrite=False)
    if os.name == "posix":  # the names of the new files also survive a loss of power
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
