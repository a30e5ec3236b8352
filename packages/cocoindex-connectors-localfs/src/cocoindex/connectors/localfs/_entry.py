"""Declared files and directories: their names, their specifications, and the actions on them.

Connector layer.
"""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import NamedTuple, TypeAlias

from cocoindex.connectorkits import shown
from cocoindex.resources.file.errors import FileArgumentError, InvalidFileContentError, InvalidFilePathError

from ._file_path import Location, as_file_path
from ._names import canonical, is_temporary, to_disk
from ._record import Known
from .errors import InvalidFileTargetError

EntryKey: TypeAlias = "tuple[str | None, str]"
"""Of an entry outside directory targets: the name of its base directory and the path below it, or an absolute path."""


class FileSpec(NamedTuple):
    """A file that should exist.

    Attributes:
        content: what is in it.
        create_parent_dirs: whether to create the directories on the way to it.
        adopt: whether a file that is there already is taken over; None as the directory target does.
        since: when it was declared, in nanoseconds since 1970.
    """

    content: bytes
    create_parent_dirs: bool
    adopt: bool | None = None
    since: int = 0


class DirSpec(NamedTuple):
    """A directory that should exist.

    Attributes:
        create_parent_dirs, adopt: as for a file; `adopt` also for the files in it.
        since: when it was declared, in nanoseconds since 1970.
        there: whether it was there then.
    """

    create_parent_dirs: bool
    adopt: bool | None = None
    since: int = 0
    there: bool = False


EntrySpec: TypeAlias = "FileSpec | DirSpec"


class Directory(NamedTuple):
    """A directory target, as the entries in it need it.

    Attributes:
        path: the one path of it (`listed_path`); None for one to be removed that a link has taken out of our reach.
        marks: which directory it may be; empty where that is not known.
        adopt: whether what is there already is taken over.
        made: whether we made it.
        since: when it was first declared, in nanoseconds since 1970: directories in it that are as old are not ours.
    """

    path: str | None
    marks: tuple[bytes, ...] = ()
    adopt: bool = False
    made: bool = False
    since: int | None = None

    def is_ours(self, born: int | None) -> bool:
        """Say whether a directory on the way to a file in it, made at `born`, is one that we made."""
        return self.made or (born is not None and self.since is not None and born > self.since)


class Found:
    """Where a sink notes what it did.

    Attributes:
        directory: the directory that it made or found, for the handler of the entries in it.
        written: whether it wrote the file, in a call that may have failed for others and be tried again.
    """

    __slots__ = ("directory", "written")

    def __init__(self) -> None:
        self.directory: Directory | None = None
        self.written = False


class EntryAction(NamedTuple):
    """What is to be done about one entry.

    Attributes:
        base: the name of the base directory, to be looked up when it is done; None where there is none.
        within: the directory target that it lies in; None where there is none.
        name: below `base` or `within`; an absolute path where there is neither.
        spec: what should be there; None where nothing should.
        known: what may be there.
        found: where the sink notes what it did; None where something is to be removed.
    """

    base: str | None
    within: Directory | None
    name: str
    spec: FileSpec | DirSpec | None
    known: Known
    found: Found | None = None

    def __repr__(self) -> str:
        """Return what a preview shows."""
        place = self.base if self.within is None else self.within.path
        where = repr(self.name) if place is None else f"{self.name!r} in {place!r}"
        if self.spec is None:
            return f"<remove {where}>"
        if isinstance(self.spec, DirSpec):
            return f"<have the directory {where}>"
        return f"<write the file {where}: {len(self.spec.content)} bytes>"

    @property
    def adopts(self) -> bool:
        """Whether what is there already is taken over."""
        if self.spec is None:
            return False
        if self.spec.adopt is None:
            return self.within is not None and self.within.adopt
        return self.spec.adopt


def outer_key(location: Location) -> EntryKey:
    """Return the key of an entry that lies in no directory target.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory.
        InvalidFilePathError: (a `TypeError`) `location` is not a path.
    """
    path = as_file_path(location)
    if path.base_dir is None:
        return (None, _checked(os.path.abspath(path.path)))
    _refuse_escape(path.path, f"the base directory {path.base_dir.key!r}")
    return (path.base_dir.key, _checked(path.as_posix()))


def inner_key(name: str | PurePath) -> str:
    """Return the key of an entry of a directory target: its relative path with forward slashes.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the name is empty, or leads out of the directory.
        InvalidFilePathError: (a `TypeError`) it is not a path.
    """
    if not isinstance(name, str | PurePath):
        raise InvalidFilePathError(
            f"the name of an entry is a {type(name).__name__}, {shown(name)}; give a relative path"
        )
    path = PurePath(name)
    if not path.parts:
        raise InvalidFileTargetError(f"the name {str(name)!r} is that of the directory itself; name an entry of it")
    _refuse_escape(path, "its directory target")
    return _checked(path.as_posix())


def refuse_directory_name(name: object) -> None:
    """Raise `InvalidFileTargetError` where the name of a file ends as only that of a directory does."""
    if isinstance(name, str) and name.endswith(("/", os.sep)):
        raise InvalidFileTargetError(
            f"the name {name!r} of a file ends with a slash, which names a directory; leave it out, or declare a "
            "directory target"
        )


def checked_flag(value: object, option: str = "create_parent_dirs") -> bool:
    """Return `value`, given for `option`; `FileArgumentError` (a `TypeError`) where it is not a bool."""
    if not isinstance(value, bool):
        raise FileArgumentError(f"{option}= is True or False, not {shown(value)}")
    return value


def checked_adopt(value: bool | None) -> bool | None:
    """Return `value`, given as `adopt=` in a directory target; None leaves it to that."""
    return None if value is None else checked_flag(value, "adopt")


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


def _checked(path: str) -> str:
    """Return a path in the one form of its name, if a file system can have it."""
    if "\0" in path:
        raise InvalidFileTargetError(f"the name {path!r} contains a NUL character, which no file system allows")
    try:
        name = canonical(path)
        os.fsencode(to_disk(name))
    except UnicodeEncodeError as error:
        raise InvalidFileTargetError(
            f"the name {path!r} cannot be encoded for the file system ({error}); leave out such characters"
        ) from error
    if ".coco-" in name and any(is_temporary(part) for part in PurePath(name).parts):
        raise InvalidFileTargetError(
            f"the name {path!r} is reserved for temporary files of this connector; use another"
        )
    return name


def _refuse_escape(path: PurePath, base: str) -> None:
    if path.anchor or ".." in path.parts:
        raise InvalidFileTargetError(
            f"the name {str(path)!r} leads out of {base}; use a relative path without '..', "
            "or declare the file by a pathlib.Path of its own"
        )
