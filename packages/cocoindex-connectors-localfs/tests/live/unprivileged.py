"""Acts as a user to whom permissions apply, as none do to root."""

from __future__ import annotations

import concurrent.futures.thread  # noqa: F401 - what is imported at the first use may lie where only root may read
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def a_folder() -> Iterator[Path]:
    """A directory of a user who is not root; not below pytest's, which another run closes to others."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() == 0:
            os.chown(name, NOBODY, NOBODY)
        yield Path(name)


@contextmanager
def without_privileges() -> Iterator[None]:
    """This process, all of its threads, is that user."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def give_away(folder: Path) -> None:
    """All that is in a folder belongs to that user."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
