"""Paths of the local file system, and the argument types that name one.

Connector layer.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TypeAlias

import cocoindex as coco
from cocoindex.resources import file as resource
from cocoindex.resources.file.errors import InvalidFilePathError

from ._names import on_disk, to_disk


class FilePath(resource.FilePath[Path]):
    """A local path, alone or below a base directory named by a `ContextKey`.

    Args:
        path: relative to the base directory; without a base directory, absolute or relative to the current directory.
        base_dir: the key of the base directory. Its name is part of the path's identity, its value is not: if you
            provide another directory, everything stored for the path stays valid.

    Raises:
        InvalidFilePathError: (a `TypeError`) `path` is not a path, or `base_dir` is not a `ContextKey`.
    """

    __slots__ = ()

    def __init__(self, path: str | PurePath = ".", *, base_dir: coco.ContextKey[Path] | None = None) -> None:
        try:
            pure = PurePath(path)
        except TypeError as error:
            raise InvalidFilePathError(f"{path!r} is not a path: {error}; give a str or a pathlib.Path") from error
        super().__init__(base_dir, pure)

    def resolve(self) -> Path:
        """Return the absolute path, with symbolic links resolved.

        Raises:
            NoComponentError: (a `RuntimeError`) there is a base directory, and no component is running here.
            ContextKeyError: (a `KeyError`) no value was provided for the base directory.
        """
        return Path(os.path.realpath(located(self)))  # `Path.resolve` raises where links go in a circle


def located(path: FilePath) -> Path:
    """Return the path for the operating system, links not followed; raise as `FilePath.resolve` does."""
    if path.base_dir is None:
        return Path(on_disk(str(path.path)))
    return Path(coco.use_context(path.base_dir), to_disk(str(path.path)))


Location: TypeAlias = "FilePath | Path | str | coco.ContextKey[Path]"


def as_file_path(location: Location) -> FilePath:
    """Return the path that `location` names; a `ContextKey` stands for the base directory itself."""
    if isinstance(location, FilePath):
        return location
    if isinstance(location, coco.ContextKey):
        return FilePath(base_dir=location)
    return FilePath(location)


def as_source_path(location: Location) -> FilePath:
    """Return the path to read from that `location` names; raise `InvalidFilePathError` if it cannot be a path."""
    path = as_file_path(location)
    try:
        named = b"\0" not in os.fsencode(on_disk(str(path.path)))
    except UnicodeEncodeError:
        named = False
    if not named:
        raise InvalidFilePathError(f"{str(path.path)!r} has a character that no path can have")
    return path
