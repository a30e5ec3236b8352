"""Opens a database named on the command line for reading, without the code of any app. Layer `cli`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from .._store import open_database
from .._store.interface import Database


@contextmanager
def reading(path: str) -> Iterator[Database]:
    """Open the database in the folder `path`; nothing is created or written.

    Raises:
        StoreOpenError: there is none.
    """
    database = open_database(path, readonly=True)
    try:
        yield database
    finally:
        database.close()


def shown(path: str | os.PathLike[str]) -> str:
    """Return the path for display: relative with a leading `./` if it is below the current folder."""
    relative = os.path.relpath(path)
    if relative.startswith(os.pardir):
        return os.fspath(path)
    return os.path.join(os.curdir, relative)
