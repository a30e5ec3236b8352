"""What `walk_dir` returns: a walk that starts whenever it is iterated.

Connector layer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import aclosing, suppress

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.batched_items import BatchedItems
from cocoindex.errors import FileArgumentError
from cocoindex.resources.file import FilePathMatcher, checked_matcher

from ._file import File, WalkedDirectory
from ._file_path import FilePath, Location, as_file_path
from ._overlap import overlaps
from ._walk import Walk


class DirItems(BatchedItems[tuple[str, File]]):
    """The files of a walk with their keys: pairs of relative path, with forward slashes, and `File`.

    To be iterated with `for` or `async for`, any number of times; each time is a new walk.
    """

    __slots__ = ("_matcher", "_path", "_recursive")

    def __init__(self, path: FilePath, recursive: bool, matcher: FilePathMatcher | None) -> None:
        self._path = path
        self._recursive = recursive
        self._matcher = matcher

    def _walk(self) -> Generator[list[tuple[str, File]]]:
        # The base directory is looked up here, where the component's context is; threads have none.
        walk = Walk(WalkedDirectory(self._path), self._recursive, self._matcher, overlaps())
        return walk.batches()

    def __iter__(self) -> Iterator[tuple[str, File]]:
        for batch in self._walk():
            yield from batch

    async def batches(self) -> AsyncGenerator[list[tuple[str, File]], None]:
        """Yield lists of up to 512 pairs; each takes one hop to a thread."""
        walk = self._walk()
        loop = asyncio.get_running_loop()
        try:
            while (batch := await loop.run_in_executor(None, next, walk, None)) is not None:
                yield batch
        finally:
            # After a cancellation the thread may still be in it; it is then closed when the thread lets go of it.
            with suppress(ValueError):
                walk.close()


class DirWalker:
    """A directory's files, to be iterated with `for` or `async for`; see `walk_dir`."""

    __slots__ = ("_items", "live")

    def __init__(
        self,
        path: Location,
        *,
        live: bool = False,
        recursive: bool = False,
        path_matcher: FilePathMatcher | None = None,
    ) -> None:
        for option, value in (("live", live), ("recursive", recursive)):
            if not isinstance(value, bool):
                raise FileArgumentError(f"{option}= of walk_dir() is True or False, not {shown(value)}")
        self._items = DirItems(as_file_path(path), recursive, checked_matcher(path_matcher))
        self.live = live

    def items(self) -> DirItems:
        """Return pairs of key and file, for `mount_each`; a key is the path relative to the walked directory."""
        return self._items

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
) -> DirWalker:
    """Return a walk over the files of a directory; nothing is read before it is iterated.

    Args:
        path: the directory. Below a `ContextKey` (which alone stands for the base directory itself), files keep their
            identity when the directory moves.
        live: whether live updates may watch the directory; an update that is not live walks it once.
        recursive: whether to walk the directories in it, too.
        path_matcher: which files to yield and which directories to enter; all where it is None. It may be asked in
            another thread.

    Raises:
        FileArgumentError, InvalidFilePathError: (`TypeError`s) an argument is of the wrong kind.

    Raises, when iterated:
        SourceDirectoryError: (a `NotADirectoryError` and a `ValueError`) `path` is no directory.
        TargetInSourceError: (a `ValueError`) a directory target of this app lies in it, or around it.
        UnreadableDirectoryError: (a `PermissionError`) a directory could not be listed; after all that could.
    """
    return DirWalker(path, live=live, recursive=recursive, path_matcher=path_matcher)
