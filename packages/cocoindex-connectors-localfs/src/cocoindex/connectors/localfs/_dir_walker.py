"""What `walk_dir` returns: a walk that starts whenever it is iterated.

Connector layer.
"""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Final

from cocoindex.connectorkits import shown
from cocoindex.resources.file import FilePathMatcher, checked_matcher
from cocoindex.resources.file.errors import FileArgumentError

from ._dir_items import DirItems
from ._file import File
from ._file_path import Location, as_file_path

RESCAN: Final = datetime.timedelta(hours=1)


class DirWalker:
    """A directory's files, to be iterated with `for` or `async for`; see `walk_dir`."""

    __slots__ = ("_items", "_rescan_interval", "live")

    def __init__(
        self,
        path: Location,
        *,
        live: bool = False,
        recursive: bool = False,
        path_matcher: FilePathMatcher | None = None,
        rescan_interval: datetime.timedelta | None = RESCAN,
    ) -> None:
        for option, value in (("live", live), ("recursive", recursive)):
            if not isinstance(value, bool):
                raise FileArgumentError(f"{option}= of walk_dir() is True or False, not {shown(value)}")
        self._items = DirItems(as_file_path(path), recursive, checked_matcher(path_matcher))
        self.live = live
        self._rescan_interval = _checked(rescan_interval)

    def items(self) -> DirItems:
        """Return pairs of key and file, for `mount_each`; a key is the path relative to the walked directory.

        With `live=True` they are a `LiveMapView`: a live update watches the directory. Each call returns another view,
        which one `mount_each` at a time may use.
        """
        if not self.live:
            return self._items
        from ._watch.view import LiveDirItems

        return LiveDirItems(self._items, self._rescan_interval)

    def __iter__(self) -> Iterator[File]:
        return (file for _, file in self._items)

    async def __aiter__(self) -> AsyncIterator[File]:
        async with aclosing(self._items.batches()) as batches:
            async for batch in batches:
                for _, file in batch:
                    yield file


def walk_dir(
    path: Location,
    *,
    live: bool = False,
    recursive: bool = False,
    path_matcher: FilePathMatcher | None = None,
    rescan_interval: datetime.timedelta | None = RESCAN,
) -> DirWalker:
    """Return a walk over the files of a directory; nothing is read before it is iterated.

    Args:
        path: the directory. A relative path starts at the current working directory, and a file is remembered by its
            path as it is written here: the same app run from elsewhere reads another directory, and the same directory
            written in another way is read anew. Below a `ContextKey` that a lifespan provides (`SOURCE` alone, or
            `FilePath("docs", base_dir=SOURCE)`), files are remembered by the key's name: they keep their identity when
            the directory moves, and wherever the app is run.
        live: whether live updates watch the directory, and process each change to its files as it happens; an update
            that is not live walks it once, with the same result.
        recursive: whether to walk the directories in it, too.
        path_matcher: which files to yield and which directories to enter; all where it is None. It may be asked in
            another thread.
        rescan_interval: with `live=True`, how often a live update watches and walks the whole directory anew, which
            finds what the operating system did not tell; None for never.

    Raises:
        FileArgumentError, InvalidFilePathError: (`TypeError`s) an argument has the wrong type.

    Raises, when iterated:
        SourceDirectoryError: (a `NotADirectoryError` and a `ValueError`) `path` is not a directory.
        TargetInSourceError: (a `ValueError`) a directory target of this app lies in it, or around it.
        UnreadableDirectoryError: (a `PermissionError`) a directory could not be listed; after all that could.
    """
    return DirWalker(path, live=live, recursive=recursive, path_matcher=path_matcher, rescan_interval=rescan_interval)


def _checked(interval: datetime.timedelta | None) -> datetime.timedelta | None:
    if interval is None or (isinstance(interval, datetime.timedelta) and interval > datetime.timedelta()):
        return interval
    raise FileArgumentError(
        f"rescan_interval= of walk_dir() is a datetime.timedelta above zero, or None for never, not {shown(interval)}"
    )
