"""The canonical name of a file or directory that can be reached by several paths.

Connector layer. Links lead to one directory by several paths, and many file systems do not distinguish upper and lower
case, or composed and decomposed letters. The name listed by the directory is the same for all of these paths. Each file
is written under that name only: under another name it would be a second target, whose removal would remove the first.
"""

from __future__ import annotations

import errno
import os
from functools import lru_cache
from unicodedata import normalize

from .errors import FileTargetError


def listed_path(path: str) -> str:
    """Return the absolute path, links followed, with each name as its directory lists it.

    Names that do not exist stay as they are.
    """
    directory, name = os.path.split(os.path.realpath(path))
    if not name:
        return directory
    try:
        found = os.stat(directory)
    except OSError:
        return os.path.join(directory, name)
    return os.path.join(_listed_directory(directory, found.st_dev, found.st_ino), listed_name(directory, name))


@lru_cache(4096)
def _listed_directory(path: str, _device: int, _number: int) -> str:
    return listed_path(path)


def listed_name(directory: str, name: str) -> str:
    """Return the name under which a directory lists an entry."""
    if not _exists(directory, name) or not any(_exists(directory, other) for other in _variants(name)):
        return name
    try:
        names = os.listdir(directory)
    except OSError:
        return name
    if name in names:  # the other one is another entry
        return name
    return next((each for each in names if _folded(each) == _folded(name)), name)


def _variants(name: str) -> set[str]:
    variants = {name.swapcase(), name.lower(), name.upper()}
    if not name.isascii():
        variants |= {normalize("NFC", name), normalize("NFD", name)}
    return variants - {name}


def _exists(directory: str, name: str) -> bool:
    """Say whether an entry exists. Inode numbers would not help: some file systems give an entry one per spelling."""
    try:
        return os.path.lexists(os.path.join(directory, name))
    except UnicodeEncodeError:
        return False


def _folded(name: str) -> str:
    return normalize("NFC", name.casefold())


def named_otherwise(path: str, listed: str) -> FileTargetError:
    """Return the error for a target declared as `path` when its directory lists the existing entry as `listed`."""
    return FileTargetError(
        errno.EEXIST,
        f"this path leads to {listed!r}, an existing entry that may belong to another target; declare it under that "
        "name, remove the existing entry, or declare another path",
        path,
    )
