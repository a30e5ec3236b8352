"""Lists the files below a directory, in batches.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Generator, Iterator
from itertools import islice
from operator import attrgetter
from pathlib import PurePath
from typing import Final

from cocoindex.resources.file import FilePathMatcher, PatternFilePathMatcher

from ._file import File, WalkedDirectory, walked_file
from ._names import from_disk, is_temporary, to_disk
from ._overlap import Overlaps, Source
from .errors import SourceDirectoryError, UnreadableDirectoryError

_BATCH: Final = 512
_NAMED: Final = 5

_SORTED: Final = 10_000
"""The number of entries of a directory to sort together, so that a huge directory is not held in memory as a whole."""

Identity = tuple[int, int]
_Entry = tuple[os.DirEntry[str], str, tuple[Identity, ...]]
Wanted = Callable[[str], bool]


class Walk:
    """One walk.

    Links to files and directories are followed, except links back to a directory above. The walk skips pipes, sockets,
    devices, dangling links, entries that vanish meanwhile, and temporary files of this connector.

    Args:
        root: the directory to walk.
        recursive: whether to enter subdirectories.
        matcher: selects the directories to enter and the files to yield; None selects all.
        overlaps: records the directory, and directories that links lead to.
        part: the only subdirectory to walk, by relative path with a slash at its end; then there is no warning about
            patterns that matched nothing. None for the whole directory.
        entering: called before a directory is listed, with its prefix and its identity.
    """

    __slots__ = (
        "_directories",
        "_entering",
        "_files",
        "_missed",
        "_open",
        "_overlaps",
        "_part",
        "_recursive",
        "_root",
        "_unreadable",
    )

    def __init__(
        self,
        root: WalkedDirectory,
        recursive: bool,
        matcher: FilePathMatcher | None,
        overlaps: Overlaps | None = None,
        part: str | None = None,
        entering: Callable[[str, Identity], None] | None = None,
    ) -> None:
        self._root = root
        self._part = part or ""
        self._entering = entering
        self._recursive = recursive
        self._files, self._directories = questions(matcher, root)
        self._missed = None
        if recursive and part is None and type(matcher) is PatternFilePathMatcher:
            self._missed = matcher.missed_patterns(os.path.basename(root.directory.rstrip(os.sep)))
        self._overlaps = overlaps
        if overlaps is not None:
            path = root.directory.rstrip(os.sep) or root.directory
            overlaps.read(Source(path, self._directories if recursive else _none))
        self._open: list[Iterator[_Entry]] = []
        self._unreadable: list[str] = []

    def batches(self) -> Generator[list[tuple[str, File]]]:
        """Yield lists of pairs: the relative path with forward slashes, and the file.

        The entries of a directory come in the order of their names; in a directory of more than 10,000 entries, each
        10,000 are sorted separately.

        Raises:
            SourceDirectoryError: (a `NotADirectoryError` and a `ValueError`) the root is not a directory.
            UnreadableDirectoryError: (a `PermissionError`) parts of the tree could not be listed. It is raised at the
                end, after all other files were yielded; the files in those parts must not count as removed.
        """
        files = self._wanted()
        while batch := list(islice(files, _BATCH)):
            yield batch
        if self._missed is not None:
            self._missed.say(repr(self._root.directory))
        if self._unreadable:
            raise _unreadable(self._root.directory, self._unreadable)

    def _wanted(self) -> Iterator[tuple[str, File]]:
        """Yield the files of all directories, depth first, in the order of names."""
        root = self._identity("")
        self._open.append(self._entries(self._part, self._above_part()))
        while self._open:
            found = next(self._open[-1], None)
            if found is None:
                self._open.pop()
            elif (file := self._entry(*found)) is not None:
                yield file
        # If the root was removed or replaced meanwhile, the missing files must not count as removed.
        if self._identity("") != root:
            raise _replaced(self._root.directory)

    def _identity(self, prefix: str) -> Identity:
        path = self._root.directory + to_disk(prefix)
        try:
            stat = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            raise no_directory(path) from None
        except OSError as error:
            if error.errno == errno.ELOOP:  # a link that leads to itself
                raise no_directory(path) from None
            raise _unreadable(path, ["."]) from error
        return stat.st_dev, stat.st_ino

    def _above_part(self) -> tuple[Identity, ...]:
        parts = self._part.split("/")[:-1]
        return tuple(self._identity("/".join(parts[:count])) for count in range(len(parts)))

    def _entries(self, prefix: str, above: tuple[Identity, ...]) -> Iterator[_Entry]:
        path = self._root.directory + to_disk(prefix)
        try:
            stat = os.stat(path)
            identity = (stat.st_dev, stat.st_ino)
            if identity in above:
                return
            if self._entering is not None:
                self._entering(prefix, identity)
            with os.scandir(path) as entries:
                while some := sorted(islice(entries, _SORTED), key=attrgetter("name")):
                    for entry in some:
                        yield entry, prefix + from_disk(entry.name), (*above, identity)
        except (FileNotFoundError, NotADirectoryError):
            if not prefix:
                raise no_directory(path) from None
        except OSError:
            self._unreadable.append(prefix or ".")

    def _entry(self, entry: os.DirEntry[str], name: str, above: tuple[Identity, ...]) -> tuple[str, File] | None:
        try:
            if entry.is_dir():
                if self._recursive and self._wants(self._directories, name, True):
                    if self._overlaps is not None and entry.is_symlink():
                        self._overlaps.entered(self._root.directory, entry.path, self._below(name))
                    self._open.append(self._entries(f"{name}/", above))
                return None
            if not entry.is_file() or not self._wants(self._files, name, False) or is_temporary(entry.name):
                return None
        except NotADirectoryError:  # a dangling link, whose target path leads through a file
            return None
        except OSError as error:
            # The target of a link is unknown; files that were found there before must not count as removed.
            if error.errno != errno.ELOOP and (self._files(name) or (self._recursive and self._directories(name))):
                self._unreadable.append(name)
            return None
        try:
            return name, walked_file(self._root, name, entry.stat())
        except FileNotFoundError:
            return None
        except OSError:  # reading it says why, and fails for this file alone
            return name, walked_file(self._root, name, None)

    def _below(self, directory: str) -> Wanted:
        """Return a function that says which directories to enter below `directory`, by relative path from there."""
        return lambda name: self._directories(f"{directory}/{name}")

    def _wants(self, question: Wanted, name: str, is_directory: bool) -> bool:
        wanted = question(name)
        if self._missed is not None:
            self._missed.saw(name, wanted=wanted, is_directory=is_directory)
        return wanted


def questions(matcher: FilePathMatcher | None, root: WalkedDirectory) -> tuple[Wanted, Wanted]:
    """Return two functions of a relative path: whether a file is yielded, and whether a directory is entered.

    The directories of the app's own store are not entered.
    """
    files, directories = _answers(matcher)
    stores = root.stores
    return files, (lambda name: name not in stores and directories(name)) if stores else directories


def _answers(matcher: FilePathMatcher | None) -> tuple[Wanted, Wanted]:
    if matcher is None:
        return _all, _all
    if type(matcher) is PatternFilePathMatcher:  # takes strings: no path object for each file
        return matcher.is_file_included, matcher.is_dir_included
    return (lambda name: matcher.is_file_included(PurePath(name))), (
        lambda name: matcher.is_dir_included(PurePath(name))
    )


def _all(_name: str) -> bool:
    return True


def _none(_name: str) -> bool:
    return False


def no_directory(path: str) -> SourceDirectoryError:
    where = path.rstrip("/\\") or path
    return SourceDirectoryError(
        errno.ENOTDIR, "the path to walk is not a directory, or does not exist; create it, or give another", where
    )


def _replaced(directory: str) -> SourceDirectoryError:
    return SourceDirectoryError(
        errno.ENOENT,
        "the directory was replaced while it was being walked; its known files are kept until it is walked again: "
        "update again",
        directory.rstrip("/\\") or directory,
    )


def _unreadable(directory: str, names: list[str]) -> UnreadableDirectoryError:
    shown = ", ".join(map(repr, names[:_NAMED])) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return UnreadableDirectoryError(
        errno.EACCES,
        f"could not list {shown}; files known from there are kept until it can be listed: allow this process to read "
        "it, or exclude it with path_matcher",
        directory,
    )
