"""The place of entries on the disk, with links resolved.

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
"""So many directories are held open at a time; a call for more of them takes the others by their paths."""


class Spot(NamedTuple):
    """The place of an entry.

    Attributes:
        root: the directory that its name is relative to.
        name: as the functions of `os` take it.
        path: the absolute one.
        trusted: whether the directory is the one that the records are of.
    """

    root: Root
    name: str
    path: str
    trusted: bool = True


class Places:
    """Finds the places of the entries of one batch; a context manager that holds the directories of their targets.

    A path that was named as a whole is followed where it is a link. Below a base directory or a directory target, no
    link may lead out of it, and a file that is a link is replaced: whoever can place a link there must not be able to
    say where we write.
    """

    __slots__ = ("_anywhere", "_context", "_listings", "_real", "_roots")

    def __init__(self, context: coco.ContextProvider) -> None:
        self._context = context
        self._anywhere = Root()
        self._real: dict[str, str] = {}
        self._listings: dict[str, str] = {}
        self._roots: dict[Directory, tuple[Root, bool]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for root, _ in self._roots.values():
            root.close()

    def path_of(self, action: EntryAction) -> str:
        """Return the absolute path of an entry, for messages and comparisons; no link at its end is followed."""
        name = to_disk(action.name)
        if action.base is not None:
            name = os.path.normpath(os.path.join(os.path.abspath(self._context.get(action.base)), name))
        elif action.within is not None:
            return os.path.join(action.within.path or "", name)
        return os.path.join(self._realpath(os.path.dirname(name)), os.path.basename(name))

    def spot_of(self, action: EntryAction) -> Spot | None:
        """Return the place of the entry; None for one to be removed that a link has taken out of our reach.

        Raises:
            FileTargetError: (an `OSError`) a link leads out of the directory, or another directory is in its place.
            ContextKeyError: (a `KeyError`) no value was provided for the base directory.
        """
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
        """Raise `FileTargetError` where the directory of a file in a directory target is there under another name."""
        above, name = os.path.split(spot.path)
        if spot.root.path not in ("", above) and (listed := self._listed(above)) != above:
            raise named_otherwise(spot.path, os.path.join(listed, name))

    def is_precious(self, path: str) -> bool:
        """Say whether it is the root, or holds the home directory or a store of the framework."""
        home = os.path.realpath(os.path.expanduser("~"))
        real = os.path.realpath(path)
        return is_within(home, real) or any(is_within(store, real) for store in self._context.store_paths)

    def is_in_store(self, path: str, *, is_directory: bool) -> bool:
        """Say whether `path` is such a store, or lies in one; of a file, no link at its end is followed."""
        real = self._realpath(path if is_directory else os.path.dirname(path))
        if not is_directory:
            real = os.path.join(real, os.path.basename(path))
        return any(is_within(real, store) for store in self._context.store_paths)

    def _inner(self, action: EntryAction, directory: Directory) -> Spot | None:
        held = self._root(action, directory)
        if held is None or directory.path is None:
            return None
        root, trusted = held
        name = os.path.normpath(to_disk(action.name))
        path = root.at(name)
        # What lies in the directory itself is not followed, unless it is to be a directory.
        is_direct = os.sep not in name and not isinstance(action.spec, DirSpec)
        if not is_direct and not self._stays(action, path, directory.path):
            return None
        return Spot(root, name, path, trusted)

    def _followed(self, action: EntryAction, path: str) -> Spot:
        """A file's own path leads on where it is a link; what a link leads to is ours only if it looks so."""
        real = os.path.realpath(path)
        return Spot(self._anywhere, real, real, trusted=not os.path.islink(path))

    def _stays(self, action: EntryAction, path: str, directory: str) -> bool:
        """Say whether an entry lies in `directory`, links followed on the way to it; raise where one is to be made."""
        # What is followed on the way to the entry: a directory itself, of a file only the directory that it lies in.
        followed = path if isinstance(action.spec, DirSpec) else os.path.dirname(path)
        if path == directory or followed == directory or is_within(self._realpath(followed), directory):
            return True
        if action.spec is None:
            return False
        raise FileTargetError(
            errno.ELOOP, f"a link leads out of the directory {directory!r}; remove it, or declare another path", path
        )

    def _root(self, action: EntryAction, directory: Directory) -> tuple[Root, bool] | None:
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
            held = self._roots[directory] = root, not directory.marks or root.identity().mark in directory.marks
            if len(self._roots) > _HELD:
                root.close()
        if action.spec is not None and not held[1]:
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

    It is the one that the sink has made or found; where no sink has (in a preview, and for a directory that is
    removed), the one that it would be.
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
        f"the directory target {directory.path!r} was removed, or something else took its place, since it was looked "
        "at; a live update creates it again; if the update is not live, run it again",
        os.path.join(directory.path or "", action.name),
    )
