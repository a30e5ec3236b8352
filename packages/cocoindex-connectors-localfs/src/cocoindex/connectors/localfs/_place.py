"""Locates entries on the disk, with links resolved.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os
import stat
from types import TracebackType
from typing import Final, NamedTuple, Self

import cocoindex as coco

from ._entry import Directory, DirSpec, EntryAction
from ._listed import listed_path, named_otherwise
from ._mark import identity
from ._names import to_disk
from ._root import Root
from .errors import DirTargetLostError, FileTargetError

_HELD: Final = 64
"""The number of directories to hold open at a time; any further directories are used by their paths."""


class Spot(NamedTuple):
    """The place of an entry.

    Attributes:
        root: the directory that `name` is relative to.
        name: its name, in the form that the functions of `os` take.
        path: its absolute path.
        trusted: whether the directory, and the one that contains the entry, are the same as in the records.
    """

    root: Root
    name: str
    path: str
    trusted: bool = True


class Places:
    """Locates the entries of one batch; as a context manager, it holds their directory targets open.

    A path declared without a base directory is followed if it is a link. Below a base directory or a directory target,
    no link may lead out of it, and a file that is a link is replaced: whoever can create a link there must not be able
    to choose where the app writes.
    """

    __slots__ = ("_anywhere", "_context", "_listings", "_real", "_roots")

    def __init__(self, context: coco.ContextProvider) -> None:
        self._context = context
        self._anywhere = Root()
        self._real: dict[str, str] = {}
        self._listings: dict[str, str] = {}
        self._roots: dict[Directory, tuple[Root, bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for root, _ in self._roots.values():
            root.close()

    def path_of(self, action: EntryAction) -> str:
        """Return the absolute path of an entry, for messages and comparisons; a link at its end is not followed."""
        name = to_disk(action.name)
        if action.base is not None:
            name = os.path.normpath(os.path.join(os.path.abspath(self._context.get(action.base)), name))
        elif action.within is not None:
            return os.path.join(action.within.path or "", name)
        return os.path.join(self._realpath(os.path.dirname(name)), os.path.basename(name))

    def spot_of(self, action: EntryAction) -> Spot | None:
        """Return the place of an entry; None if it is to be removed, but a link on its path leads elsewhere now.

        Raises:
            FileTargetError: (an `OSError`) a link leads out of the directory, or another directory took its place.
            ContextKeyError: (a `KeyError`) no value was provided for the base directory.
        """
        spot = self._spot_of(action)
        if spot is None or not action.known.places or self.mark_above(action, spot) in (b"", *action.known.places):
            return spot
        return spot._replace(trusted=False)

    def mark_above(self, action: EntryAction, spot: Spot) -> bytes:
        """Return the identity of the directory that contains a file, or would contain it; empty if there is none."""
        if action.within is not None and os.sep not in spot.name:
            return self._roots[action.within][1]
        return _mark(os.path.dirname(spot.path)) or b""

    def _spot_of(self, action: EntryAction) -> Spot | None:
        if action.within is not None:
            return self._inner(action, action.within)
        path = self.path_of(action)
        if action.base is not None:
            directory = self._realpath(os.fspath(self._context.get(action.base)))
            if action.name != ".":
                path = os.path.normpath(os.path.join(directory, to_disk(action.name)))
                if not self._stays(action, path, directory):
                    return None
        elif not isinstance(action.spec, DirSpec) and not action.known.directories:
            return self._followed(action, path)
        return Spot(self._anywhere, path, path)

    def check_directory(self, spot: Spot) -> None:
        """Raise `FileTargetError` if the subdirectory of a file exists in the directory target under another name."""
        above, name = os.path.split(spot.path)
        if spot.root.path not in ("", above) and (listed := self._listed(above)) != above:
            raise named_otherwise(spot.path, os.path.join(listed, name))

    def is_precious(self, path: str) -> bool:
        """Say whether `path` is the root, or contains the home directory or a store of the framework."""
        home = os.path.realpath(os.path.expanduser("~"))
        real = os.path.realpath(path)
        return is_within(home, real) or any(is_within(store, real) for store in self._context.store_paths)

    def is_in_store(self, path: str, *, is_directory: bool) -> bool:
        """Say whether `path` is a store of the framework or lies in one; if a file is a link, it is not followed."""
        real = self._realpath(path if is_directory else os.path.dirname(path))
        if not is_directory:
            real = os.path.join(real, os.path.basename(path))
        return any(is_within(real, store) for store in self._context.store_paths)

    def _inner(self, action: EntryAction, directory: Directory) -> Spot | None:
        held = self._root(action, directory)
        if held is None or directory.path is None:
            return None
        root, mark = held
        name = os.path.normpath(to_disk(action.name))
        path = root.at(name)
        # Links directly in the directory are not followed, unless a directory is declared there.
        is_direct = os.sep not in name and not isinstance(action.spec, DirSpec)
        if not is_direct and not self._stays(action, path, directory.path):
            return None
        return Spot(root, name, path, trusted=_is_one_of(mark, directory))

    def _followed(self, action: EntryAction, path: str) -> Spot:
        """Return the place of a file declared by its own path, which may be a link; a link's target is not trusted."""
        real = os.path.realpath(path)
        return Spot(self._anywhere, real, real, trusted=not os.path.islink(path))

    def _stays(self, action: EntryAction, path: str, directory: str) -> bool:
        """Say whether an entry lies in `directory`, links followed; if not, raise unless it is to be removed."""
        # A declared directory is followed itself; of a file, only its parent directory is.
        followed = path if isinstance(action.spec, DirSpec) else os.path.dirname(path)
        if path == directory or followed == directory or is_within(self._realpath(followed), directory):
            return True
        if action.spec is None:
            return False
        raise FileTargetError(
            errno.ELOOP, f"a link leads out of the directory {directory!r}; remove it, or declare another path", path
        )

    def _root(self, action: EntryAction, directory: Directory) -> tuple[Root, bytes] | None:
        held = self._roots.get(directory)
        if held is None:
            try:
                if directory.path is None:
                    raise NotADirectoryError
                root = Root(directory.path, hold=True)
            except (FileNotFoundError, NotADirectoryError) as error:
                if action.spec is None:
                    return None
                raise _replaced(action, directory) from error
            except OSError as error:
                if action.spec is None and error.errno == errno.ELOOP:
                    return None
                raise
            held = self._roots[directory] = root, root.identity().mark
            if len(self._roots) > _HELD:
                root.close()
        if action.spec is not None and not _is_one_of(held[1], directory):
            raise _replaced(action, directory)
        return held

    def _listed(self, directory: str) -> str:
        listed = self._listings.get(directory)
        if listed is None:
            listed = listed_path(directory)
            if os.path.lexists(directory):
                self._listings[directory] = listed
        return listed

    def _realpath(self, path: str) -> str:
        real = self._real.get(path)
        if real is None:
            real = self._real[path] = os.path.realpath(path)
        return real


def directory_of(context: coco.ContextProvider, action: EntryAction) -> Directory:
    """Return the directory of an action, for the handler of the entries in it.

    This is the directory that the sink created or found. Without that (in a preview, and for a removed directory), it
    is derived from the path and the records.
    """
    if action.found is not None and action.found.directory is not None:
        return action.found.directory
    with Places(context) as places:
        path = places.path_of(action)
    before = action.known.directories
    marks = tuple(each.mark for each in before if each.mark)
    real: str | None = listed_path(path)
    if os.path.islink(path) and marks and not any(each.linked for each in before) and _mark(path) not in marks:
        real = None
    return Directory(
        real,
        () if len(marks) < len(before) else marks,
        action.adopts,
        any(each.made for each in before),
        min((each.since for each in before), default=None),
    )


def is_within(path: str, directory: str) -> bool:
    """Say whether a real path is `directory` or lies below it."""
    return path == directory or path.startswith(directory if directory.endswith(os.sep) else directory + os.sep)


def _is_one_of(mark: bytes, directory: Directory) -> bool:
    return not directory.marks or mark in directory.marks


def is_directory(there: os.stat_result | None) -> bool:
    return there is not None and stat.S_ISDIR(there.st_mode)


def is_link(there: os.stat_result | None) -> bool:
    return there is not None and stat.S_ISLNK(there.st_mode)


def _mark(path: str) -> bytes | None:
    try:
        return identity(path).mark
    except OSError:
        return None


def _replaced(action: EntryAction, directory: Directory) -> DirTargetLostError:
    return DirTargetLostError(
        errno.ESTALE,
        f"the directory target {directory.path!r} was removed, or something else took its place, after this update "
        "created or found it; a live update creates it again; if the update is not live, run it again",
        os.path.join(directory.path or "", action.name),
    )
