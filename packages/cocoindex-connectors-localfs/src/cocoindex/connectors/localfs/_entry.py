"""Files and directories that should exist: how they are named, declared, remembered, and what is to be done about them.

Connector layer.
"""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import Final, NamedTuple, TypeAlias

from cocoindex.errors import (
    FileArgumentError,
    InvalidFileContentError,
    InvalidFilePathError,
    InvalidFileTargetError,
)

from ._file_path import Location, as_file_path

EntryKey: TypeAlias = "tuple[str | None, str]"
"""Of an entry outside directory targets: the name of its base directory and the path below it, or an absolute path."""

EntryRecord: TypeAlias = bytes
"""What is remembered of an entry: the fingerprint of a file's content, or `DIRECTORY`."""

DIRECTORY: Final[EntryRecord] = b""


class FileSpec(NamedTuple):
    """A file that should exist."""

    content: bytes
    create_parent_dirs: bool


class DirSpec(NamedTuple):
    """A directory that should exist."""

    create_parent_dirs: bool


EntrySpec: TypeAlias = "FileSpec | DirSpec"


class EntryAction(NamedTuple):
    """What is to be done about one entry.

    Attributes:
        base: the name of the base directory, to be looked up when it is done; None where there is none.
        directory: the path of the directory target that it lies in; "" where there is none.
        name: below `base` or `directory`; an absolute path where there is neither.
        spec: what should be there; None where nothing should.
        was_file: whether a file of ours may be there.
        was_directory: whether a directory of ours may be there.
    """

    base: str | None
    directory: str
    name: str
    spec: FileSpec | DirSpec | None
    was_file: bool
    was_directory: bool


def outer_key(location: Location) -> EntryKey:
    """Return the key of an entry that lies in no directory target.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory.
        InvalidFilePathError: (a `TypeError`) `location` is no path.
    """
    path = as_file_path(location)
    _refuse_unwritable(str(path))
    if path.base_dir is None:
        return (None, os.path.abspath(path.path))
    _refuse_escape(path.path, f"the base directory {path.base_dir.key!r}")
    return (path.base_dir.key, path.as_posix())


def inner_key(name: str | PurePath) -> str:
    """Return the key of an entry of a directory target: its relative path with forward slashes.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the name is empty, or leads out of the directory.
        InvalidFilePathError: (a `TypeError`) it is no path.
    """
    if not isinstance(name, str | PurePath):
        raise InvalidFilePathError(f"the name of an entry is a {type(name).__name__}, {name!r}; give a relative path")
    path = PurePath(name)
    _refuse_unwritable(str(path))
    if not path.parts:
        raise InvalidFileTargetError(f"the name {str(name)!r} is that of the directory itself; name an entry of it")
    _refuse_escape(path, "its directory target")
    return path.as_posix()


def checked_flag(value: object) -> bool:
    """Return `value`, given as `create_parent_dirs=`; `FileArgumentError` (a `TypeError`) where it is no bool."""
    if not isinstance(value, bool):
        raise FileArgumentError(f"create_parent_dirs= is True or False, not {value!r}")
    return value


def as_content(content: bytes | str, name: object) -> bytes:
    """Return `content` as bytes, text in UTF-8; `InvalidFileContentError` (a `TypeError`) for anything else."""
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        try:
            return content.encode()
        except UnicodeEncodeError as error:
            raise InvalidFileContentError(
                f"the content declared for the file {str(name)!r} cannot be written as UTF-8: {error}; "
                "encode it to bytes yourself"
            ) from error
    raise InvalidFileContentError(
        f"the content declared for the file {str(name)!r} is a {type(content).__name__}; give bytes or a str"
    )


def _refuse_unwritable(path: str) -> None:
    if "\0" in path:
        raise InvalidFileTargetError(f"the name {path!r} holds a NUL character, which no file system takes")
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:
        raise InvalidFileTargetError(
            f"the name {path!r} cannot be given to the file system ({error}); leave out such characters"
        ) from error


def _refuse_escape(path: PurePath, base: str) -> None:
    if path.anchor or ".." in path.parts:
        raise InvalidFileTargetError(
            f"the name {str(path)!r} leads out of {base}; use a relative path without '..', "
            "or declare the file by a pathlib.Path of its own"
        )
