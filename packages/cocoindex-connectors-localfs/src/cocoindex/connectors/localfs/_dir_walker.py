"""The result of `walk_dir`: a walk that starts whenever it is iterated.

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
from ._file_path import Location, as_source_path

RESCAN: Final = datetime.timedelta(hours=1)


class DirWalker:
    """The files of a directory; iterate with `for` or `async for`; see `walk_dir`."""

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
        self._items = DirItems(as_source_path(path), recursive, checked_matcher(path_matcher))
        self.live = live
        self._rescan_interval = _checked(rescan_interval)

    def items(self) -> DirItems:
        """Return pairs of key and file, for `mount_each`; a key is the path relative to the walked directory.

        With `live=True` they are a `LiveMapView`: a live update watches the directory. Each call returns a new view,
        for one `mount_each` at a time.
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
    """Return a walk over the files of a directory; nothing is read before it is iterated over.

    Args:
        path: the directory. A relative path starts at the current working directory, and files are identified by the
            path as written here: in another working directory, the app reads another directory; and if the same
            directory is written in another way, its files count as new. Below a `ContextKey` that a lifespan provides
            (`SOURCE` alone, or `FilePath("docs", base_dir=SOURCE)`), files are identified by the key's name: they keep
            their identity when the directory moves, and wherever the app runs.
        live: whether live updates watch the directory and process each change to its files as it happens; an update
            that is not live walks it once, with the same result.
        recursive: whether to walk subdirectories, too.
        path_matcher: selects the files to yield and the directories to enter; None selects all. It may be called in
            another thread.
        rescan_interval: with `live=True`, the interval at which a live update walks the whole directory again, to find
            changes that the operating system did not report; None for never.

    Raises:
        FileArgumentError, InvalidFilePathError: (`TypeError`s) an argument has the wrong type.

    Raises, when iterated:
        SourceDirectoryError: (a `NotADirectoryError` and a `ValueError`) `path` is not a directory.
        TargetInSourceError: (a `ValueError`) a directory target of this app is inside or above it.
        UnreadableDirectoryError: (a `PermissionError`) a directory could not be listed; raised after all others were.
    """
    return DirWalker(path, live=live, recursive=recursive, path_matcher=path_matcher, rescan_interval=rescan_interval)


def _checked(interval: datetime.timedelta | None) -> datetime.timedelta | None:
    if interval is None or (isinstance(interval, datetime.timedelta) and interval > datetime.timedelta()):
        return interval
    raise FileArgumentError(
        f"rescan_interval= of walk_dir() is a datetime.timedelta above zero, or None for never, not {shown(interval)}"
    )
