"""The files of a directory with their keys, from a walk that starts whenever they are iterated.

Connector layer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import suppress

from cocoindex.connectorkits.batched_items import BatchedItems
from cocoindex.resources.file import FilePathMatcher

from ._file import File, WalkedDirectory
from ._file_path import FilePath
from ._overlap import overlaps
from ._walk import Walk


class DirItems(BatchedItems[tuple[str, File]]):
    """The files of a walk with their keys: pairs of the relative path, with forward slashes, and the `File`.

    Iterate with `for` or `async for`, any number of times; each iteration is a new walk.

    Attributes:
        path, recursive, matcher: the arguments of `walk_dir`.
    """

    __slots__ = ("matcher", "path", "recursive")

    def __init__(self, path: FilePath, recursive: bool, matcher: FilePathMatcher | None) -> None:
        self.path = path
        self.recursive = recursive
        self.matcher = matcher

    def _walk(self) -> Generator[list[tuple[str, File]]]:
        # The base directory is looked up here, because other threads do not have the component's context.
        return self._new_walk().batches()

    def _new_walk(self) -> Walk:
        return Walk(WalkedDirectory(self.path), self.recursive, self.matcher, overlaps())

    def __iter__(self) -> Iterator[tuple[str, File]]:
        for batch in self._walk():
            yield from batch

    async def batches(self) -> AsyncGenerator[list[tuple[str, File]], None]:
        """Yield lists of up to 512 pairs; each list takes one switch to a thread."""
        walk = self._walk()
        loop = asyncio.get_running_loop()
        try:
            while (batch := await loop.run_in_executor(None, next, walk, None)) is not None:
                yield batch
        finally:
            # After a cancellation, the thread may still run the generator; it is closed when the thread is done.
            with suppress(ValueError):
                walk.close()
