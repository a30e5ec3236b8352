"""Declared files and directories: their names, their specifications, and the actions on them.

Connector layer.
"""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import NamedTuple, TypeAlias

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.target import Contents
from cocoindex.resources.file.errors import FileArgumentError, InvalidFileContentError, InvalidFilePathError

from ._file_path import Location, as_file_path
from ._names import canonical, is_temporary, to_disk
from ._record import EntryRecord, Known, written
from .errors import InvalidFileTargetError

EntryKey: TypeAlias = "tuple[str | None, str]"
"""The key of an entry outside all directory targets: (base directory key, path below it) or (None, absolute path)."""


class FileSpec(NamedTuple):
    """A file that should exist.

    Attributes:
        content: its content.
        create_parent_dirs: whether to create its parent directories.
        adopt: whether an existing file is taken over; None for the setting of the directory target.
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
        there: whether it existed then.
    """

    create_parent_dirs: bool
    adopt: bool | None = None
    since: int = 0
    there: bool = False


EntrySpec: TypeAlias = "FileSpec | DirSpec"


class Directory(NamedTuple):
    """The properties of a directory target that its entries need.

    Attributes:
        path: its canonical path (`listed_path`); None if it is to be removed, but a link to elsewhere took its place.
        marks: the possible identities of the directory; empty if unknown.
        adopt: whether existing entries are taken over.
        made: whether the app created it.
        since: when it was first declared, in nanoseconds since 1970: the app did not create directories in it that are
            as old as that, or older.
    """

    path: str | None
    marks: tuple[bytes, ...] = ()
    adopt: bool = False
    made: bool = False
    since: int | None = None

    def is_ours(self, born: int | None) -> bool:
        """Say whether the app created a parent directory of a file in it, by its time of creation `born`."""
        return self.made or (born is not None and self.since is not None and born > self.since)


class Found:
    """Records what the sink did for one action.

    Attributes:
        directory: the directory that it created or found, for the handler of the entries in it.
        written: whether it wrote the file. The same call may have failed for other files, and be retried.
    """

    __slots__ = ("directory", "written")

    def __init__(self) -> None:
        self.directory: Directory | None = None
        self.written = False


class EntryAction(NamedTuple):
    """An action on one entry.

    Attributes:
        base: the key of the base directory, which is looked up when the action is applied; None if there is none.
        within: the directory target that contains the entry; None if there is none.
        name: the path below `base` or `within`; without these, an absolute path.
        spec: what should exist; None to remove the entry.
        known: what may exist, according to the records.
        found: records what the sink did; None for a removal.
        contents: what earlier updates applied to a directory that they created or found.
    """

    base: str | None
    within: Directory | None
    name: str
    spec: FileSpec | DirSpec | None
    known: Known
    found: Found | None = None
    contents: Contents | None = None

    def record(self, place: bytes | None = None) -> EntryRecord:
        """Return the record of the file to write; `place` is the identity of its directory, by default as known."""
        assert isinstance(self.spec, FileSpec)
        if place is None:
            within = self.within
            places = within.marks if within is not None and "/" not in self.name else self.known.places
            place = places[0] if len(set(places)) == 1 else b""
        return written(self.spec.content, self.known.since if self.known.ours else self.spec.since, place)

    def __repr__(self) -> str:
        """Return the text for a preview."""
        place = self.base if self.within is None else self.within.path
        where = repr(self.name) if place is None else f"{self.name!r} in {place!r}"
        if self.spec is None:
            return f"<remove {where}>"
        if isinstance(self.spec, DirSpec):
            return f"<have the directory {where}>"
        return f"<write the file {where}: {len(self.spec.content)} bytes>"

    @property
    def adopts(self) -> bool:
        """Whether an existing entry is taken over."""
        if self.spec is None:
            return False
        if self.spec.adopt is None:
            return self.within is not None and self.within.adopt
        return self.spec.adopt


def outer_key(location: Location) -> EntryKey:
    """Return the key of an entry outside all directory targets.

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
    """Raise `InvalidFileTargetError` if the name of a file ends with a slash."""
    if isinstance(name, str) and name.endswith(("/", os.sep)):
        raise InvalidFileTargetError(
            f"the name {name!r} of a file ends with a slash, which names a directory; leave it out, or declare a "
            "directory target"
        )


def checked_flag(value: object, option: str = "create_parent_dirs") -> bool:
    """Return `value`; raise `FileArgumentError` (a `TypeError`), which names `option`, if it is not a bool."""
    if not isinstance(value, bool):
        raise FileArgumentError(f"{option}= is True or False, not {shown(value)}")
    return value


def checked_adopt(value: bool | None) -> bool | None:
    """Return `value`, the `adopt=` of an entry in a directory target; None means the setting of that target."""
    return None if value is None else checked_flag(value, "adopt")


def as_content(content: bytes | str, name: object) -> bytes:
    """Return `content` as bytes, a str encoded as UTF-8; raise `InvalidFileContentError` for other types."""
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
    """Return the canonical form of a path; raise `InvalidFileTargetError` if no file system allows it."""
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
